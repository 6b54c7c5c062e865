//! What a subscription wants, and what it makes of a change.

use std::fmt::Debug;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::change::{Change, Event, Kind, Operation, Operations};
use super::condition::Condition;
use super::policy::{Identity, PolicyCondition};
use super::record::Record;
use crate::auth::Caller;
use crate::error::Error;

/// How a subscriber's answers are made of events. Made once for all subscribers that see the same.
pub trait Projection: Debug + Send + Sync {
    /// Projections with equal keys make equal answers.
    fn key(&self) -> &str;

    /// The answer, if the event alone suffices. Called for every event of a subscription for which
    /// [`Projection::reads`] is false.
    ///
    /// # Errors
    /// Ends the subscriptions.
    fn project(&self, event: &Event) -> Result<Bytes, Error>;

    /// Whether answers need the database, for example for nested selections.
    fn reads(&self) -> bool {
        false
    }

    /// The answers to several events, one each, read as the caller.
    ///
    /// # Errors
    /// UNAVAILABLE is tried again; anything else ends the subscriptions.
    fn read<'a>(
        &'a self,
        caller: &'a Arc<Caller>,
        events: &'a [Event],
    ) -> BoxFuture<'a, Result<Vec<Bytes>, Error>> {
        let _ = caller;
        let answers = events.iter().map(|event| self.project(event)).collect();
        Box::pin(std::future::ready(answers))
    }
}

/// The projection of subscribers who take the event as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl Projection for Plain {
    fn key(&self) -> &str {
        "plain"
    }

    fn project(&self, _: &Event) -> Result<Bytes, Error> {
        Ok(Bytes::new())
    }
}

/// A subscription as it is asked for.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The schema of the table.
    pub schema: String,
    /// The table's name in it.
    pub table: String,
    /// Which rows.
    pub condition: Condition,
    /// Which operations.
    pub operations: Operations,
    /// On whose behalf.
    pub caller: Arc<Caller>,
    /// The cursor of the last change that was received, to go on after it.
    pub after: Option<String>,
    /// What is made of the changes.
    pub projection: Arc<dyn Projection>,
}

/// A subscription that the hub has taken, shared by all that are equal.
#[derive(Debug)]
pub(super) struct Interest {
    pub table: i16,
    pub caller: Arc<Caller>,
    pub identity: Identity,
    pub condition: Condition,
    pub operations: Operations,
    pub projection: Arc<dyn Projection>,
    pub key: String,
}

impl Interest {
    pub fn new(table: i16, subscription: &Subscription) -> Self {
        let Subscription {
            condition,
            operations,
            caller,
            projection,
            ..
        } = subscription;
        let cohort = cohort_key(table, caller);
        let key = format!(
            "{cohort}|{operations:?}|{}|{}",
            condition.key(),
            projection.key()
        );
        Interest {
            table,
            caller: Arc::clone(caller),
            identity: Identity::of(caller),
            condition: condition.clone(),
            operations: *operations,
            projection: Arc::clone(projection),
            key,
        }
    }

    /// Whether its events can be made from changes alone, where the policy is known too.
    pub fn is_local(&self) -> bool {
        self.condition.sql.is_none() && !self.projection.reads()
    }

    /// What a change means, given a policy that needs no database.
    pub fn decide(&self, policy: &PolicyCondition, change: &Change) -> Option<Kind> {
        let matches = |record: &Option<Record>| {
            record.as_ref().is_some_and(|record| {
                self.condition.local.holds(record) && policy.holds(record, &self.identity)
            })
        };
        kind(
            change.operation,
            matches(&change.old_record),
            matches(&change.record),
        )
        .filter(|kind| self.operations.include(*kind))
    }
}

/// Callers with the same role and claims see the same of a table.
pub(super) fn cohort_key(table: i16, caller: &Caller) -> String {
    format!("{table}|{}|{}", caller.role.as_str(), caller.claims_json)
}

/// What an operation means to whom the old row matched, and the new one.
pub(super) fn kind(operation: Operation, old: bool, new: bool) -> Option<Kind> {
    match (operation, old, new) {
        (Operation::Insert, _, true) => Some(Kind::Insert),
        (Operation::Delete, true, _) => Some(Kind::Delete),
        (Operation::Update, true, true) => Some(Kind::Update),
        (Operation::Update, false, true) => Some(Kind::Enter),
        (Operation::Update, true, false) => Some(Kind::Leave),
        _ => None,
    }
}
