//! Violated constraints as sentences for people: which field, and what is allowed.

use super::{Constraint, Model, OWNER_COLUMN, Table, camel, rule, with_article};

/// What a check constraint allows.
pub fn check(constraint: &Constraint) -> String {
    rule::sentence(constraint).unwrap_or_else(|| {
        let rule = constraint.name.replace('_', " ");
        let fields = rule::list(&fields(constraint));
        format!("{fields} must keep the rule \"{rule}\"")
    })
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
pub fn fields(constraint: &Constraint) -> Vec<String> {
    let columns = constraint.columns.iter();
    columns.map(|column| camel(column)).collect()
}
