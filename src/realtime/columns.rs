//! The columns of a table.

use std::collections::HashMap;

/// A column of a published table.
#[derive(Debug)]
pub struct Column {
    /// Its number in the table, from 0. It stays when columns before it are dropped.
    pub index: usize,
    /// Its name.
    pub name: Box<str>,
    /// The short name of its type, for example `timestamptz` or `_text`.
    pub type_name: Box<str>,
    /// The type as SQL writes it.
    pub sql_type: Box<str>,
    /// Whether the type is an enumeration.
    pub is_enum: bool,
    /// The log does not hold it.
    pub left_out: bool,
}

/// A table's columns, in order.
#[derive(Debug, Default)]
pub struct Columns {
    all: Box<[Column]>,
    by_name: HashMap<Box<str>, usize>,
    width: usize,
}

impl Columns {
    /// These, in the order in which they are told.
    #[must_use]
    pub fn new(all: Box<[Column]>) -> Self {
        let last = all.iter().map(|column| column.index).max();
        let places = all.iter().enumerate();
        Columns {
            by_name: places
                .map(|(place, column)| (column.name.clone(), place))
                .collect(),
            width: last.map_or(0, |last| last + 1),
            all,
        }
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Column> {
        self.all.iter()
    }

    /// The column of a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Column> {
        self.all.get(*self.by_name.get(name)?)
    }

    /// The column of an index.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<&Column> {
        self.iter().find(|column| column.index == index)
    }

    /// One more than the highest index.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }
}
