//! The types and root fields of writing a table.

use super::{
    RootFields, Verb, Write, arguments::Arguments, filters::numeric, sdl::Sdl, tables::of_the_bin,
};
use crate::{
    model::{Column, Kind, Model, OWNER_COLUMN, Table, TableId, screaming},
    role::Role,
};

/// Whether a role may set a column in a new row.
fn insertable(column: &Column, role: Role) -> bool {
    column.facts.insert.contains(role) && !column.facts.generated && column.kind != Kind::TextSearch
}

/// Whether a role may change a column.
fn updatable(column: &Column, role: Role) -> bool {
    column.facts.update.contains(role) && !column.facts.generated && column.kind != Kind::TextSearch
}

fn creatable(table: &Table, role: Role) -> bool {
    table.columns.iter().any(|column| insertable(column, role))
}

/// Writes all that writing a table needs: only what the role may do at all.
pub fn write_mutations(
    sdl: &mut Sdl,
    roots: &mut RootFields,
    model: &Model,
    id: TableId,
    role: Role,
) {
    let table = model.table(id);
    let name = &table.type_name;
    let (one, many) = (
        super::capitalised(&table.one),
        super::capitalised(&table.many),
    );
    let create = creatable(table, role);
    let update = table.columns.iter().any(|column| updatable(column, role));
    let delete = table.delete.contains(role);
    let rows = table.nouns();
    if create {
        write_input(sdl, model, table, role);
        write_creates(roots, id, table, (&one, &many));
    }
    if update {
        write_set(sdl, model, table, role);
        write_updates(roots, model, id, (&one, &many));
    }
    if delete {
        write_deletes(roots, model, id, (&one, &many));
    }
    if create || update || delete {
        sdl.open(
            &format!("type {name}Payload"),
            &format!("What a write did to {rows}."),
        )
        .field("affectedCount: Int!", "How many rows were written.")
        .field(&format!("nodes: [{name}!]!"), "The rows.");
    }
}

fn write_creates(roots: &mut RootFields, id: TableId, table: &Table, (one, many): (&str, &str)) {
    let (name, rows) = (&table.type_name, table.nouns());
    let input = Arguments::default().with(&format!("input: {name}Input!"), "The row to make.");
    roots.mutation(
        Write::one(Verb::Create, id),
        &format!("create{one}"),
        &format!("{}: {name}!", input.finish()),
        &format!("Makes {}.", table.a_noun()),
    );
    let inputs = Arguments::default()
        .with(&format!("inputs: [{name}Input!]!"), "The rows to make.")
        .with(
            &format!("onConflict: {name}OnConflict"),
            "What to do with rows that exist already; without it they are an error.",
        );
    roots.mutation(
        Write::many(Verb::Create, id),
        &format!("create{many}"),
        &format!("{}: {name}Payload!", inputs.finish()),
        &format!("Makes {rows}; with `onConflict`, changes those that exist."),
    );
}

fn write_updates(roots: &mut RootFields, model: &Model, id: TableId, (one, many): (&str, &str)) {
    let table = model.table(id);
    let (name, rows) = (&table.type_name, table.nouns());
    let set = (format!("set: {name}Set!"), "What to change.");
    let key = Arguments::of_key(model, table).with(&set.0, set.1);
    roots.mutation(
        Write::one(Verb::Update, id),
        &format!("update{one}"),
        &format!("{}: {name}", key.finish()),
        &format!(
            "Changes {}; null when the caller sees none with this key.",
            table.a_noun()
        ),
    );
    let condition = Arguments::default()
        .with(&format!("where: {name}Where!"), "Which rows to change.")
        .with(&set.0, set.1)
        .at_most()
        .all();
    roots.mutation(
        Write::many(Verb::Update, id),
        &format!("update{many}"),
        &format!("{}: {name}Payload!", condition.finish()),
        &format!("Changes {rows} that fit a condition. More than `atMost` are an error, and nothing is changed.{}", of_the_bin(table)),
    );
}

fn write_deletes(roots: &mut RootFields, model: &Model, id: TableId, (one, many): (&str, &str)) {
    let table = model.table(id);
    let (name, rows) = (&table.type_name, table.nouns());
    let key = Arguments::of_key(model, table).finish();
    roots.mutation(
        Write::one(Verb::Delete, id),
        &format!("delete{one}"),
        &format!("{key}: {name}"),
        &format!(
            "Deletes {} and answers what it was; null when the caller sees none with this key.",
            table.a_noun()
        ),
    );
    let condition = Arguments::default()
        .with(&format!("where: {name}Where!"), "Which rows to delete.")
        .at_most()
        .all();
    roots.mutation(
        Write::many(Verb::Delete, id),
        &format!("delete{many}"),
        &format!("{}: {name}Payload!", condition.finish()),
        &format!("Deletes {rows} that fit a condition. More than `atMost` are an error, and nothing is deleted.{}", of_the_bin(table)),
    );
}

fn write_input(sdl: &mut Sdl, model: &Model, table: &Table, role: Role) {
    let name = &table.type_name;
    let mut body = sdl.open(
        &format!("input {name}Input"),
        &format!("A new {}.", table.noun()),
    );
    for column in table.columns.iter().filter(|c| insertable(c, role)) {
        let mark = if required(table, column) { "!" } else { "" };
        let written = column.kind.written(&model.enums);
        body.field(
            &format!("{}: {written}{mark}", column.field),
            &column.description,
        );
    }
    for relation in &table.relations {
        let target = model.table(relation.target);
        if creatable(target, role) {
            let list = if relation.to_many { "List" } else { "" };
            body.field(
                &format!("{}: {}{list}Nested", relation.field, target.type_name),
                &relation.description,
            );
        }
    }
    drop(body);
    sdl.open(
        &format!("input {name}Nested"),
        &format!(
            "{} to be made with the row that refers to it.",
            super::capitalised(&table.a_noun())
        ),
    )
    .field(&format!("create: {name}Input!"), "The row to make.");
    sdl.open(
        &format!("input {name}ListNested"),
        &format!(
            "{} to be made with the row that they refer to.",
            super::capitalised(&table.nouns())
        ),
    )
    .field(&format!("create: [{name}Input!]!"), "The rows to make.");
    let mut body = sdl.open(
        &format!("input {name}OnConflict"),
        "What to do with a row that exists already.",
    );
    body.field(
        &format!("columns: [{name}Column!]!"),
        "The columns of the unique constraint that tells rows apart.",
    );
    body.field(&format!("update: [{name}Column!]! = []"), "The columns to take from the new row. None leaves the row as it is; it is not in the answer then.");
}

/// A column that must be given: one without null, default, or another way to its value.
fn required(table: &Table, column: &Column) -> bool {
    let by_relation = table.relations.iter().any(|r| {
        r.owns_key
            && r.on
                .iter()
                .any(|(here, _)| table.columns[*here].name == column.name)
    });
    !column.nullable
        && column.facts.default.is_none()
        && column.name != OWNER_COLUMN
        && !by_relation
}

fn write_set(sdl: &mut Sdl, model: &Model, table: &Table, role: Role) {
    let name = &table.type_name;
    let columns = || table.columns.iter().filter(|c| updatable(c, role));
    let (numbers, json) = (
        columns().any(|c| numeric(&c.kind)),
        columns().any(|c| c.kind == Kind::Json),
    );
    let mut body = sdl.open(
        &format!("input {name}Set"),
        &format!(
            "A change of {}. What is not named stays; null takes a value away.",
            table.nouns()
        ),
    );
    for column in columns() {
        body.field(
            &format!("{}: {}", column.field, column.kind.written(&model.enums)),
            &column.description,
        );
    }
    if numbers {
        body.field(
            &format!("increment: {name}Increment"),
            "Amounts to add to numbers, without reading them first.",
        );
    }
    if json {
        body.field(
            &format!("merge: {name}Merge"),
            "Objects whose keys are set in JSON values; other keys stay.",
        );
    }
    drop(body);
    if numbers {
        let mut body = sdl.open(
            &format!("input {name}Increment"),
            "Amounts to add; negative ones take away.",
        );
        for column in columns().filter(|c| numeric(&c.kind)) {
            body.field(
                &format!("{}: {}", column.field, column.kind.written(&model.enums)),
                &column.description,
            );
        }
    }
    if json {
        let mut body = sdl.open(
            &format!("input {name}Merge"),
            "Objects to merge into JSON values.",
        );
        for column in columns().filter(|c| c.kind == Kind::Json) {
            body.field(&format!("{}: JSON", column.field), &column.description);
        }
    }
}

/// The GraphQL enum value of a column.
pub fn column_value(column: &Column) -> String {
    screaming(&column.name)
}
