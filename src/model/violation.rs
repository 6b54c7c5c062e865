//! Violated constraints as sentences for people: which field, and what is allowed.

use super::{Constraint, ConstraintKind, Model, OWNER_COLUMN, Table, camel, rule, with_article};
use crate::error::{Code, Error};

/// The error of a row that a check constraint refuses. `message` is PostgreSQL's, or that of a function which raised
/// the error with words of its own.
pub fn check(known: Option<(&Table, &Constraint)>, message: &str) -> Error {
    let message = match known {
        Some((_, constraint)) => rule::sentence(constraint).unwrap_or_else(|| {
            let rule = constraint.name.replace('_', " ");
            let fields = rule::list(&fields(constraint));
            format!("{fields} must keep the rule \"{rule}\"")
        }),
        None => message.to_owned(),
    };
    about(Error::bad_input(message), known)
}

/// The error of a second row with values that only one row may have.
pub fn duplicate(known: Option<(&Table, &Constraint)>) -> Error {
    let message = match known {
        Some((table, constraint)) => already(table, constraint),
        None => "There is such a row already".to_owned(),
    };
    about(Error::new(Code::Conflict, message), known)
}

/// The error of a reference to a row that does not exist, or of a row that cannot go because others refer to it;
/// PostgreSQL's `message` tells which.
pub fn reference(model: &Model, known: Option<(&Table, &Constraint)>, message: &str) -> Error {
    let Some((table, constraint)) =
        known.filter(|(_, constraint)| constraint.kind == ConstraintKind::ForeignKey)
    else {
        return Error::new(
            Code::Conflict,
            "The row refers to one that does not exist, or is referred to",
        );
    };
    let made = if message.starts_with("update or delete") {
        Error::new(Code::Conflict, still_used(model, table, constraint))
    } else {
        Error::bad_input(nothing_there(model, table, constraint))
    };
    about(made, known)
}

/// The error of a value that is missing or null; `column` is its name in the database.
pub fn missing(table: Option<&Table>, column: Option<&str>) -> Error {
    let Some(column) = column else {
        return Error::bad_input("A value is needed");
    };
    let field = camel(column);
    let error = Error::bad_input(format!("{field} is needed and cannot be null"));
    let error = error.with("fields", vec![field]);
    match table {
        Some(table) => error.with("type", table.type_name.as_str()),
        None => error,
    }
}

/// What a unique constraint says of a second row: `There is a prompt template with the same name already`.
pub fn already(table: &Table, constraint: &Constraint) -> String {
    let fields = rule::list(&told(constraint));
    format!("There is {} with the same {fields} already", table.a_noun())
}

/// What a foreign key says of a reference to nothing: `clusterId names a cluster that does not exist`.
pub fn nothing_there(model: &Model, table: &Table, constraint: &Constraint) -> String {
    let target = target(model, table, constraint).map_or_else(|| "row".to_owned(), Table::noun);
    let fields = told(constraint);
    let verb = if fields.len() == 1 { "names" } else { "name" };
    let fields = rule::list(&fields);
    format!(
        "{fields} {verb} {} that does not exist",
        with_article(&target)
    )
}

/// What a foreign key says of a row that others still refer to: `The api provider is still in use: …`.
pub fn still_used(model: &Model, table: &Table, constraint: &Constraint) -> String {
    let target = target(model, table, constraint).map_or_else(|| "row".to_owned(), Table::noun);
    let fields = rule::list(&told(constraint));
    format!(
        "The {target} is still in use: {} refer to it by {fields}",
        table.nouns()
    )
}

/// The table that a foreign key leads to, where the API has it: the key's first column names the row, what follows
/// only keeps it in the same project or with the same owner.
fn target<'m>(model: &'m Model, table: &Table, constraint: &Constraint) -> Option<&'m Table> {
    let first = constraint.columns.first()?;
    let relation = table.relations.iter().find(|relation| {
        let mut here = relation
            .on
            .iter()
            .map(|(here, _)| &table.columns[*here].name);
        relation.owns_key
            && here.clone().any(|column| column == first)
            && here.all(|column| constraint.columns.contains(column))
    })?;
    Some(model.table(relation.target))
}

/// The fields that tell somebody what is meant: not whose row it is, which goes without saying, unless that is all.
fn told(constraint: &Constraint) -> Vec<String> {
    let mut told = fields(constraint);
    if told.len() > 1 {
        told.retain(|field| *field != camel(OWNER_COLUMN));
    }
    told
}

/// The fields that a constraint is about.
fn fields(constraint: &Constraint) -> Vec<String> {
    let columns = constraint.columns.iter();
    columns.map(|column| camel(column)).collect()
}

fn about(error: Error, known: Option<(&Table, &Constraint)>) -> Error {
    match known {
        Some((table, constraint)) => error
            .with("type", table.type_name.as_str())
            .with("fields", fields(constraint))
            .with("constraint", constraint.name.as_str()),
        None => error,
    }
}
