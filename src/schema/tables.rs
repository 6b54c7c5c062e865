//! The types and root fields of reading a table.

use super::{
    Root, RootFields, aggregates,
    arguments::Arguments,
    filters::{write_order, write_where},
    sdl::{Sdl, TypeBody},
};
use crate::{
    model::{File, Kind, Model, Table, TableId},
    role::Role,
};

/// Writes all that reading a table needs.
pub fn write_table(sdl: &mut Sdl, roots: &mut RootFields, model: &Model, id: TableId, role: Role) {
    let table = model.table(id);
    write_row(sdl, model, table, role);
    write_connection(sdl, table);
    write_where(sdl, model, table, role);
    write_order(sdl, model, table, role);
    aggregates::write(sdl, model, table, role);
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
    roots.query(
        Root::Aggregate(id),
        &format!("{}Aggregate", table.many),
        &format!(
            "{}: [{name}Aggregate!]!",
            aggregates::arguments(table).finish()
        ),
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
    if let Some(file) = table
        .file
        .filter(|file| table.member(file_field(*file)).is_none())
    {
        write_file(&mut body, file);
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

/// The field of the lasting address of a file that everybody may read.
pub const PUBLIC_URL: &str = "publicUrl";

/// The field of the addresses of the file that a row stands for, or of those that it lists.
pub fn file_field(file: File) -> &'static str {
    match file {
        File::Own { .. } | File::Named { .. } => "url",
        File::Listed { field, .. } => field,
    }
}

fn write_file(body: &mut TypeBody<'_>, file: File) {
    let seconds = Arguments::default().with(
        "expiresIn: Int! = 3600",
        "For how many seconds it is good: 1 to 604,800, a week; less and more count as these. It is up to a tenth longer.",
    );
    let (ty, about) = match file {
        File::Own { .. } | File::Named { .. } => (
            "String",
            "An address by which anybody reads the file, for a time. Asked for again soon it is the same, so that caches \
             know it. Null where the caller may not read the file, or it is not there."
                .to_owned(),
        ),
        File::Listed { column, key, .. } => (
            "[String]!",
            format!(
                "Addresses by which anybody reads the files of `{column}`, in its order, as `url` of a file is one. Null \
                 where there is no `{key}`, the caller may not read the file, or it is not there, and after the first 100."
            ),
        ),
    };
    body.field(
        &format!("{}{}: {ty}", file_field(file), seconds.finish()),
        &about,
    );
    if let File::Own { .. } = file {
        body.field(
            &format!("{PUBLIC_URL}: String"),
            "The lasting address at which everybody reads the file, where its bucket is public; null elsewhere.",
        );
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
        &format!(
            "{} and its place in the order.",
            super::capitalised(&table.a_noun())
        ),
    )
    .field("cursor: Cursor!", "The place of the row in this order.")
    .field(&format!("node: {name}!"), "The row.");
}

fn write_change(sdl: &mut Sdl, model: &Model, table: &Table, role: Role) {
    let name = &table.type_name;
    let mut old = sdl.open(
        &format!("type {name}OldRecord"),
        &format!(
            "{} as it was before a change. Vectors are not kept.",
            super::capitalised(&table.a_noun())
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
        &format!("A change of {}.", table.a_noun()),
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
