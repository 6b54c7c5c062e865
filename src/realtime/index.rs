//! Which subscribers a change can concern.

use std::collections::HashMap;
use std::sync::Arc;

use super::change::Change;
use super::cohort::Cohort;
use super::feed::Feed;
use super::policy::{Identity, Policy};
use super::publication::Publication;
use super::shared_query::SharedQuery;
use crate::auth::Role;

/// Who is to hear of a change.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// Subscribers of changes, and those with whom they share what they may see.
    Feed(Arc<Feed>, Arc<Cohort>),
    /// A live query that reads the table.
    Query(Arc<SharedQuery>),
    /// A live query whose tables have policies that read the table.
    Follower(Arc<SharedQuery>),
}

/// A column and the JSON text of a value.
pub(super) type Place = (usize, Box<str>);

impl Target {
    fn is(&self, other: &Target) -> bool {
        match (self, other) {
            (Target::Feed(one, _), Target::Feed(another, _)) => Arc::ptr_eq(one, another),
            (Target::Query(one), Target::Query(another))
            | (Target::Follower(one), Target::Follower(another)) => Arc::ptr_eq(one, another),
            _ => false,
        }
    }
}

/// The value that a row must have in one column to concern somebody, where there is such a column.
pub(super) fn place(
    publication: &Publication,
    table: i16,
    role: Role,
    identity: &Identity,
    equality: Option<(usize, &str)>,
) -> Option<Place> {
    if let Some((column, value)) = equality {
        return Some((column, value.into()));
    }
    let access = publication.table(table)?.access(role)?;
    let Policy::Known(condition) = &access.policy else {
        return None;
    };
    let column = condition.owner_column(identity)?;
    Some((
        column,
        format!("\"{}\"", identity.user_id.as_deref()?).into(),
    ))
}

/// The subscribers of one table.
#[derive(Debug, Default)]
pub(super) struct TableIndex {
    by_value: HashMap<usize, HashMap<Box<str>, Vec<Target>>>,
    rest: Vec<Target>,
}

impl TableIndex {
    /// Adds somebody, under the value that a row must have to concern them, or for every row.
    pub fn insert(&mut self, place: Option<Place>, target: Target) {
        match place {
            Some((column, value)) => {
                self.by_value
                    .entry(column)
                    .or_default()
                    .entry(value)
                    .or_default()
                    .push(target);
            }
            None => self.rest.push(target),
        }
    }

    /// Takes a target out.
    pub fn remove(&mut self, target: &Target, place: Option<&Place>) {
        let Some((column, value)) = place else {
            return self.rest.retain(|other| !other.is(target));
        };
        let Some(values) = self.by_value.get_mut(column) else {
            return;
        };
        if let Some(targets) = values.get_mut(value) {
            targets.retain(|other| !other.is(target));
            if targets.is_empty() {
                values.remove(value);
            }
        }
        if values.is_empty() {
            self.by_value.remove(column);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.by_value.is_empty() && self.rest.is_empty()
    }

    /// Everybody whom a change can concern, once.
    pub fn concerned<'a>(&'a self, change: &'a Change) -> impl Iterator<Item = &'a Target> {
        let by_value = self.by_value.iter().flat_map(move |(column, values)| {
            let value = |record: &'a Option<super::record::Record>| {
                record.as_ref().and_then(|record| record.value(*column))
            };
            let (old, new) = (value(&change.old_record), value(&change.record));
            let old = old.filter(|old| Some(*old) != new);
            [old, new]
                .into_iter()
                .flatten()
                .filter_map(move |value| values.get(value))
                .flatten()
        });
        by_value.chain(&self.rest)
    }

    pub fn all(&self) -> impl Iterator<Item = &Target> {
        self.by_value
            .values()
            .flat_map(HashMap::values)
            .flatten()
            .chain(&self.rest)
    }
}
