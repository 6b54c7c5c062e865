//! The types and root fields of reading a table.

use super::{
    Root, RootFields,
    arguments::Arguments,
    filters::{numeric, orderable, write_order, write_where},
    sdl::Sdl,
};
use crate::{
    auth::Role,
    engine::model::{Column, Kind, Model, Table, TableId, screaming},
};

/// Writes all that reading a table needs.
pub fn write_table(sdl: &mut Sdl, roots: &mut RootFields, model: &Model, id: TableId, role: Role) {
    let table = model.table(id);
    write_row(sdl, model, table, role);
    write_connection(sdl, table);
    write_where(sdl, model, table, role);
    write_order(sdl, model, table, role);
    write_aggregate(sdl, model, table, role);
    write_change(sdl, model, table, role);
    write_roots(roots, model, id);
}

fn write_roots(roots: &mut RootFields, model: &Model, id: TableId) {
    let table = model.table(id);
    let (name, rows) = (&table.type_name, table.nouns());
    let key = Arguments::of_key(model, table).finish();
    roots.query(
        Root::One(id),
        &table.one,
        &format!("{key}: {name}"),
        &format!("One of the {rows}, if the caller may see it."),
    );
    let list = Arguments::of_list(table).finish();
    roots.query(
        Root::Many(id),
        &table.many,
        &format!("{list}: {name}Connection!"),
        &format!("The {rows} that the caller may see.{}", of_the_bin(table)),
    );
    let arguments = Arguments::default()
        .with(
            &format!("where: {name}Where"),
            &format!("Which {rows} to count; all that the caller may see without it."),
        )
        .with(
            &format!("groupBy: [{name}GroupBy!]"),
            "What the rows of a group have in common; one group of all without it.",
        );
    roots.query(
        Root::Aggregate(id),
        &format!("{}Aggregate", table.many),
        &format!("{}: [{name}Aggregate!]!", arguments.finish()),
        &format!(
            "Numbers over the {rows} that the caller may see, by groups if asked.{}",
            of_the_bin(table)
        ),
    );
    let arguments = Arguments::default()
        .with(
            &format!("where: {name}Where"),
            &format!("Which {rows} to hear of; all that the caller may see without it."),
        )
        .with(
            "operations: [ChangeOperation!]",
            "Which kinds of change; all without it.",
        )
        .with(
            "after: Cursor",
            "The cursor of the last change that was seen, to hear of all since; from now on without it.",
        );
    roots.subscription(
        Root::Changes(id),
        &format!("{}Changes", table.many),
        &format!("{}: {name}Change!", arguments.finish()),
        &format!(
            "Every change of {rows} that the caller may see, in order, from now or from a cursor.{}",
            if table.bin().is_some() {
                " A row that goes into the bin arrives as LEAVE, one that comes back as ENTER, unless `where` names `deletedAt`."
            } else {
                ""
            }
        ),
    );
}

/// What a list says about rows in the bin, where the table has one.
pub fn of_the_bin(table: &Table) -> &'static str {
    match table.bin() {
        Some(_) => {
            " Those in the bin are left out unless `where` names `deletedAt`: `{deletedAt: {isNull: false}}` finds them, `{deletedAt: {}}` all."
        }
        None => "",
    }
}

fn write_row(sdl: &mut Sdl, model: &Model, table: &Table, role: Role) {
    let head = format!("type {} implements Node", table.type_name);
    let mut body = sdl.open(&head, &table.description);
    body.field(
        "nodeId: ID!",
        "Names this object among all objects of all types.",
    );
    for column in table.columns.iter().filter(|c| c.readable(role)) {
        let mark = if column.nullable { "" } else { "!" };
        let written = column.kind.written(&model.enums);
        body.field(
            &format!("{}: {written}{mark}", column.field),
            &column.description,
        );
        if let Kind::Vector(_) = column.kind {
            let field = &column.field;
            let to = || {
                let about = "The vector to compare with, of as many numbers.";
                Arguments::default().with("to: Vector!", about)
            };
            let metric = to().with(
                "metric: VectorMetric! = COSINE",
                "How the distance is measured.",
            );
            body.field(
                &format!("{field}Similarity{}: Float", to().finish()),
                "The cosine similarity to a vector: 1 for the same direction, -1 for the opposite.",
            )
            .field(
                &format!("{field}Distance{}: Float", metric.finish()),
                "The distance to a vector.",
            );
        }
    }
    for relation in &table.relations {
        let target = model.table(relation.target);
        let written = if relation.to_many {
            format!(
                "{}{}: {}Connection!",
                relation.field,
                Arguments::of_list(target).finish(),
                target.type_name
            )
        } else {
            format!("{}: {}", relation.field, target.type_name)
        };
        body.field(&written, &relation.description);
    }
}

fn write_connection(sdl: &mut Sdl, table: &Table) {
    let name = &table.type_name;
    sdl.open(
        &format!("type {name}Connection"),
        &format!("A page of {}.", table.nouns()),
    )
    .field(&format!("nodes: [{name}!]!"), "The rows of the page.")
    .field(
        &format!("edges: [{name}Edge!]!"),
        "The rows of the page with their places.",
    )
    .field("pageInfo: PageInfo!", "What lies before and behind.")
    .field(
        "totalCount: Int!",
        "How many rows there are on all pages. Counted only when asked for.",
    );
    sdl.open(
        &format!("type {name}Edge"),
        &format!("A row of {} and its place.", table.nouns()),
    )
    .field("cursor: Cursor!", "The place of the row in this order.")
    .field(&format!("node: {name}!"), "The row.");
}

/// A computation over columns: its field, what it is, the kinds it takes, the type it answers.
type Part = (
    &'static str,
    &'static str,
    fn(&Kind) -> bool,
    fn(&Model, &Column) -> String,
);

fn write_aggregate(sdl: &mut Sdl, model: &Model, table: &Table, role: Role) {
    let name = &table.type_name;
    let readable = || table.columns.iter().filter(|c| c.readable(role));
    let mut columns = sdl.open(
        &format!("enum {name}Column"),
        &format!("The columns of {}.", table.nouns()),
    );
    for column in readable() {
        columns.field(&screaming(&column.name), &column.description);
    }
    drop(columns);
    sdl.open(
        &format!("input {name}GroupBy"),
        "What rows of one group have in common.",
    )
    .field(
        &format!("column: {name}Column!"),
        "The column whose value they share.",
    )
    .field(
        "truncate: DateTruncation",
        "Cuts a moment or day off to a unit first.",
    );
    let mut group = sdl.open(
        &format!("type {name}Group"),
        "What the rows of a group have in common. Columns that were not grouped by are null.",
    );
    for column in readable().filter(|c| orderable(&c.kind)) {
        group.field(
            &format!("{}: {}", column.field, column.kind.written(&model.enums)),
            &column.description,
        );
    }
    drop(group);
    let parts: [Part; 4] = [
        ("sum", "Sums; null without values.", numeric, sum_type),
        ("avg", "Means; null without values.", numeric, avg_type),
        ("min", "Smallest values.", comparable, same_type),
        ("max", "Largest values.", comparable, same_type),
    ];
    let mut present = Vec::new();
    for (part, about, fits, ty) in parts {
        if readable().any(|c| fits(&c.kind)) {
            let type_name = format!("{name}{}", crate::engine::model::pascal(part));
            let mut body = sdl.open(&format!("type {type_name}"), about);
            for column in readable().filter(|c| fits(&c.kind)) {
                body.field(
                    &format!("{}: {}", column.field, ty(model, column)),
                    &column.description,
                );
            }
            drop(body);
            present.push((part, about, type_name));
        }
    }
    let mut body = sdl.open(
        &format!("type {name}Aggregate"),
        &format!("Numbers over a group of {}.", table.nouns()),
    );
    body.field(
        &format!("group: {name}Group!"),
        "What the rows have in common.",
    )
    .field("count: Int!", "How many rows there are.")
    .field(
        &format!(
            "countDistinct{}: Int!",
            Arguments::default()
                .with(
                    &format!("column: {name}Column!"),
                    "The column whose values are counted."
                )
                .finish()
        ),
        "How many different values a column has.",
    );
    for (part, about, type_name) in present {
        body.field(&format!("{part}: {type_name}!"), about);
    }
}

/// Whether a kind of value has a smallest and a largest in PostgreSQL.
fn comparable(kind: &Kind) -> bool {
    orderable(kind) && !matches!(kind, Kind::Uuid | Kind::Boolean)
}

fn sum_type(_: &Model, column: &Column) -> String {
    match column.kind {
        Kind::Int => "BigInt",
        Kind::Float => "Float",
        _ => "Decimal",
    }
    .to_owned()
}

fn avg_type(_: &Model, column: &Column) -> String {
    match column.kind {
        Kind::Float => "Float",
        _ => "Decimal",
    }
    .to_owned()
}

fn same_type(model: &Model, column: &Column) -> String {
    column.kind.written(&model.enums)
}

fn write_change(sdl: &mut Sdl, model: &Model, table: &Table, role: Role) {
    let name = &table.type_name;
    let mut old = sdl.open(
        &format!("type {name}OldRecord"),
        &format!(
            "A row of {} as it was before a change. Vectors are not kept.",
            table.nouns()
        ),
    );
    for column in table.columns.iter().filter(|c| c.readable(role)) {
        if !matches!(column.kind, Kind::Vector(_)) {
            let written = column.kind.written(&model.enums);
            old.field(&format!("{}: {written}", column.field), &column.description);
        }
    }
    drop(old);
    sdl.open(
        &format!("type {name}Change"),
        &format!("A change of {}.", table.nouns()),
    )
    .field("operation: ChangeKind!", "What happened.")
    .field(
        &format!("record: {name}"),
        "The row after the change; null when it was deleted.",
    )
    .field(
        &format!("oldRecord: {name}OldRecord"),
        "The row before the change; null when it was made.",
    )
    .field(
        "changedColumns: [String!]!",
        "The fields whose values differ.",
    )
    .field("committedAt: DateTime!", "When the change was made.")
    .field(
        "cursor: Cursor!",
        "The place in the stream: pass it as `after` to go on from here.",
    );
}
