//! The arguments of generated fields, each with what it means.

use crate::model::{Model, Table};

/// Arguments of a field under construction.
#[derive(Default)]
pub struct Arguments {
    text: String,
}

impl Arguments {
    /// Adds one, as written, with its description.
    pub fn with(mut self, written: &str, description: &str) -> Self {
        self.text
            .push_str(if self.text.is_empty() { "(" } else { ", " });
        // A JSON string is a GraphQL string.
        self.text
            .push_str(&serde_json::Value::from(description).to_string());
        self.text.push(' ');
        self.text.push_str(written);
        self
    }

    /// The condition, order and page that every list of a table takes.
    pub fn of_list(table: &Table) -> Self {
        let (name, rows) = (&table.type_name, table.nouns());
        Arguments::default()
            .with(
                &format!("where: {name}Where"),
                &format!("Which {rows}; all that the caller may see without it."),
            )
            .with(
                &format!("orderBy: [{name}OrderBy!]"),
                "Their order: the first entry counts most, and the key decides between equals.",
            )
            .with(
                "first: Int",
                "How many at most, from the front. Without first and last a page has the server's usual length.",
            )
            .with(
                "after: Cursor",
                "Begins behind this place, for example the endCursor of the page before.",
            )
            .with("last: Int", "How many at most, from the end.")
            .with(
                "before: Cursor",
                "Ends before this place, for example the startCursor of the page behind.",
            )
            .with(
                "offset: Int",
                "How many to pass over first; goes with first. Cursors are faster on later pages.",
            )
    }

    /// The key that names one row: an argument for each of its columns.
    pub fn of_key(model: &Model, table: &Table) -> Self {
        table
            .key_columns()
            .fold(Arguments::default(), |all, column| {
                let written = format!("{}: {}!", column.field, column.kind.written(&model.enums));
                all.with(&written, &column.description)
            })
    }

    /// How many rows a condition may reach.
    pub fn at_most(self) -> Self {
        self.with(
            "atMost: Int! = 1",
            "How many rows it may be at most; when it would be more, that is an error and nothing happens.",
        )
    }

    /// Without it a write of many rows needs a condition that demands something.
    pub fn all(self) -> Self {
        self.with(
            "all: Boolean! = false",
            "Says that every row is meant where `where` demands nothing (`{}`, or nothing but empty conditions). Without it such a condition is refused, because it is what a forgotten one looks like. A condition that demands something holds all the same.",
        )
    }

    /// What stands between a field's name and its type.
    pub fn finish(self) -> String {
        if self.text.is_empty() {
            self.text
        } else {
            self.text + ")"
        }
    }
}
