//! The input types of conditions and orders.

use std::collections::BTreeSet;

use super::sdl::{Sdl, TypeBody};
use crate::{
    model::{Column, Kind, Model, Table},
    role::Role,
};

/// The name of the condition type on a kind of value.
pub fn filter_type(model: &Model, kind: &Kind) -> String {
    match kind {
        Kind::List(element) => format!("{}ListFilter", element.type_name(&model.enums)),
        Kind::TextSearch => "TextSearchFilter".to_owned(),
        other => format!("{}Filter", other.type_name(&model.enums)),
    }
}

/// Writes the condition types of every kind of value that some column has.
pub fn write_filters(sdl: &mut Sdl, model: &Model) {
    // Those of computed numbers, whether or not a column is one.
    let computed = [Kind::Int, Kind::Float, Kind::Decimal];
    let columns = model.tables.iter().flat_map(|table| &table.columns);
    let mut written = BTreeSet::new();
    for kind in computed.iter().chain(columns.map(|column| &column.kind)) {
        let name = filter_type(model, kind);
        if *kind != Kind::TextSearch && written.insert(name.clone()) {
            write_filter(sdl, model, &name, kind);
        }
    }
}

fn write_filter(sdl: &mut Sdl, model: &Model, name: &str, kind: &Kind) {
    let value = kind.written(&model.enums);
    let what = kind.type_name(&model.enums);
    let about = match kind {
        Kind::List(_) => {
            format!("A condition on a list of {what} values; all that is named must hold.")
        }
        _ => format!("A condition on a {what} value; all that is named must hold."),
    };
    let mut body = sdl.open(&format!("input {name}"), &about);
    body.field("isNull: Boolean", "Whether there is no value.");
    if let Kind::Vector(_) = kind {
        body.field(
            "within: VectorWithin",
            "Not further than a distance from a vector.",
        );
        return;
    }
    body.field(&format!("eq: {value}"), "Equal to.").field(
        &format!("ne: {value}"),
        "Different from; a missing value is different from any.",
    );
    match kind {
        Kind::List(_) => {
            body.field(&format!("contains: {value}"), "Has all of these.")
                .field(&format!("containedBy: {value}"), "Has none but these.")
                .field(&format!("overlaps: {value}"), "Has at least one of these.");
            return;
        }
        Kind::Json => {
            body.field(
                "contains: JSON",
                "Contains this value, as jsonb's `@>` does.",
            )
            .field(
                "hasKey: String",
                "Is an object with this key, or a list with this text.",
            )
            .field("path: JSONPathFilter", "A condition on a value inside.");
            return;
        }
        _ => {}
    }
    body.field(&format!("in: [{value}!]"), "Equal to one of these.")
        .field(&format!("notIn: [{value}!]"), "Equal to none of these.");
    if !matches!(kind, Kind::Boolean | Kind::Enum(_) | Kind::Bytes) {
        body.field(&format!("lt: {value}"), "Less than.")
            .field(&format!("lte: {value}"), "Less than or equal to.")
            .field(&format!("gt: {value}"), "Greater than.")
            .field(&format!("gte: {value}"), "Greater than or equal to.");
    }
    if *kind == Kind::Text {
        write_text_tests(&mut body);
    }
}

fn write_text_tests(body: &mut TypeBody<'_>) {
    body.field(
            "like: String",
            "Fits a pattern: `%` is any text, `_` any character.",
        )
        .field("ilike: String", "Fits a pattern in upper or lower case.")
        .field("startsWith: String", "Begins with this text.")
        .field("endsWith: String", "Ends with this text.")
        .field("contains: String", "Has this text inside.")
        .field(
            "regex: String",
            "Matches a POSIX regular expression of at most 500 characters, repetitions written out, without back \
             references and lookaround.",
        )
        .field(
            "iregex: String",
            "Matches such a regular expression in upper or lower case.",
        )
        .field(
            "matches: String",
            "Has these words in English; quotes, `or` and `-` work as on the web.",
        );
}

/// Writes a table's condition types: `NoteWhere`, and `NoteListWhere` for relations to many.
pub fn write_where(sdl: &mut Sdl, model: &Model, table: &Table, role: Role) {
    let name = &table.type_name;
    let about = format!(
        "A condition on {}; all that is named must hold, and nothing that is named can be null.",
        table.nouns()
    );
    let mut body = sdl.open(&format!("input {name}Where"), &about);
    body.field(&format!("and: [{name}Where!]"), "All of these hold.")
        .field(
            &format!("or: [{name}Where!]"),
            "At least one of these holds.",
        )
        .field(&format!("not: {name}Where"), "This does not hold.");
    for column in readable(table, role) {
        let filter = filter_type(model, &column.kind);
        body.field(&format!("{}: {filter}", column.field), &column.description);
    }
    for relation in &table.relations {
        let target = &model.table(relation.target).type_name;
        let list = if relation.to_many { "List" } else { "" };
        body.field(
            &format!("{}: {target}{list}Where", relation.field),
            &relation.description,
        );
    }
    drop(body);
    let mut body = sdl.open(
        &format!("input {name}ListWhere"),
        &format!("A condition on related {}.", table.nouns()),
    );
    body.field(&format!("some: {name}Where"), "At least one fits.")
        .field(&format!("every: {name}Where"), "None fails to fit.")
        .field(&format!("none: {name}Where"), "None fits.");
}

/// Whether rows can be ordered by a kind of value.
pub fn orderable(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::Json | Kind::Vector(_) | Kind::TextSearch | Kind::List(_) | Kind::Bytes
    )
}

/// Whether a kind of value has a smallest and a largest in PostgreSQL.
pub fn comparable(kind: &Kind) -> bool {
    orderable(kind) && !matches!(kind, Kind::Uuid | Kind::Boolean)
}

/// Whether a kind of value can be added up.
pub fn numeric(kind: &Kind) -> bool {
    matches!(kind, Kind::Int | Kind::BigInt | Kind::Float | Kind::Decimal)
}

/// Writes a table's order types: `NoteOrderBy`, and `NoteListOrderBy` for relations to many.
pub fn write_order(sdl: &mut Sdl, model: &Model, table: &Table, role: Role) {
    let name = &table.type_name;
    let about = "What to order by. Name one field; list several of these to order by several.";
    let mut body = sdl.open(&format!("input {name}OrderBy"), about);
    for column in readable(table, role) {
        if orderable(&column.kind) {
            body.field(&format!("{}: Order", column.field), &column.description);
        } else if let Kind::Vector(_) = column.kind {
            body.field(
                &format!("{}: VectorOrder", column.field),
                &column.description,
            );
        }
    }
    for relation in &table.relations {
        let target = &model.table(relation.target).type_name;
        let list = if relation.to_many { "List" } else { "" };
        body.field(
            &format!("{}: {target}{list}OrderBy", relation.field),
            &relation.description,
        );
    }
    drop(body);
    write_list_order(sdl, table, role);
}

/// The columns that a role may read.
fn readable(table: &Table, role: Role) -> impl Iterator<Item = &Column> {
    let columns = table.columns.iter();
    columns.filter(move |column| column.facts.select.contains(role))
}

/// Writes `NoteListOrderBy`, and the orders by what is computed over columns.
fn write_list_order(sdl: &mut Sdl, table: &Table, role: Role) {
    let name = &table.type_name;
    let mut body = sdl.open(
        &format!("input {name}ListOrderBy"),
        &format!(
            "An order by something computed over related {}. Name one field.",
            table.nouns()
        ),
    );
    body.field("count: Order", "By their number.");
    let comparable = readable(table, role).any(|c| comparable(&c.kind));
    let numeric = readable(table, role).any(|c| numeric(&c.kind));
    if comparable {
        body.field(
            &format!("min: {name}ColumnOrder"),
            "By the smallest value of a column.",
        )
        .field(
            &format!("max: {name}ColumnOrder"),
            "By the largest value of a column.",
        );
    }
    if numeric {
        body.field(
            &format!("sum: {name}NumberOrder"),
            "By the sum of a column.",
        )
        .field(
            &format!("avg: {name}NumberOrder"),
            "By the mean of a column.",
        );
    }
    drop(body);
    let kinds: [(&str, KindTest); 3] = [
        ("GroupOrder", orderable),
        ("ColumnOrder", self::comparable),
        ("NumberOrder", self::numeric),
    ];
    for (what, fits) in kinds {
        if readable(table, role).any(|c| fits(&c.kind)) {
            write_column_order(sdl, &format!("{name}{what}"), table, role, fits);
        }
    }
}

/// Which kinds of values fit somewhere.
type KindTest = fn(&Kind) -> bool;

fn write_column_order(sdl: &mut Sdl, name: &str, table: &Table, role: Role, fits: KindTest) {
    let mut body = sdl.open(&format!("input {name}"), "One column and a direction.");
    for column in readable(table, role).filter(|column| fits(&column.kind)) {
        body.field(&format!("{}: Order", column.field), &column.description);
    }
}
