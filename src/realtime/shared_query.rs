//! A query that is kept answered, for equal callers who asked the same.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Notify, watch};

use super::change::Change;
use super::policy::{Identity, Policy};
use super::publication::Publication;
use super::record::Record;
use super::row_test::RowCondition;
use crate::auth::Caller;
use crate::error::Error;

/// Runs a query as its caller and returns the answer's bytes.
pub type Run = Arc<dyn Fn() -> BoxFuture<'static, Result<Bytes, Error>> + Send + Sync>;

/// A query that is being kept answered.
pub(super) struct SharedQuery {
    key: String,
    caller: Arc<Caller>,
    identity: Identity,
    tables: Vec<(i16, RowCondition)>,
    follows: Vec<i16>,
    /// How those who watch it would run it, the longest there first; and how whoever asked for it first would.
    runs: Mutex<Vec<Run>>,
    first: Run,
    /// Subscribers; at 0 it is over and takes no more.
    watchers: AtomicUsize,
    dirty: Notify,
    pub answer: watch::Sender<Option<Result<Bytes, Error>>>,
}

impl fmt::Debug for SharedQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedQuery")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl SharedQuery {
    /// One that nobody answers yet, with its first subscriber.
    pub fn new(
        key: String,
        caller: Arc<Caller>,
        (tables, follows): (Vec<(i16, RowCondition)>, Vec<i16>),
        first: Run,
    ) -> Self {
        SharedQuery {
            key,
            identity: Identity::of(&caller),
            caller,
            tables,
            follows,
            runs: Mutex::default(),
            first,
            watchers: AtomicUsize::new(1),
            dirty: Notify::new(),
            answer: watch::Sender::new(None),
        }
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    pub fn tables(&self) -> &[(i16, RowCondition)] {
        &self.tables
    }

    /// The tables of which any change wakes it.
    pub fn follows(&self) -> &[i16] {
        &self.follows
    }

    /// Counts a subscriber in, unless the last one has left.
    pub fn enter(&self) -> bool {
        let enter = |watchers: usize| (watchers > 0).then_some(watchers + 1);
        self.watchers
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, enter)
            .is_ok()
    }

    /// Counts a subscriber out; true when it was the last.
    pub fn exit(&self) -> bool {
        let last = self.watchers.fetch_sub(1, Ordering::AcqRel) == 1;
        if last {
            self.dirty.notify_one();
        }
        last
    }

    /// Whether the last subscriber has left.
    pub fn is_over(&self) -> bool {
        self.watchers.load(Ordering::Acquire) == 0
    }

    /// Somebody who would run it so watches it.
    pub fn watched_by(&self, run: &Run) {
        self.runs().push(Arc::clone(run));
    }

    /// And no longer.
    pub fn left_by(&self, run: &Run) {
        self.runs().retain(|other| !Arc::ptr_eq(other, run));
    }

    /// How it is run now: as whoever has watched it the longest would. One run answers all, and counts against the
    /// share of that one, who would run it as often alone; who has left pays for nobody.
    pub fn run(&self) -> Run {
        Arc::clone(self.runs().first().unwrap_or(&self.first))
    }

    fn runs(&self) -> MutexGuard<'_, Vec<Run>> {
        self.runs.lock()
    }

    /// Runs the query again.
    pub fn wake(&self) {
        self.dirty.notify_one();
    }

    /// Waits until it is to run again.
    pub async fn woken(&self) {
        self.dirty.notified().await;
    }

    /// Runs the query again if a change of one of its tables concerns it.
    pub fn note(&self, publication: &Publication, change: &Change) {
        let access = publication
            .table(change.table.id)
            .and_then(|table| table.access(self.caller.role));
        let concerns = |record: &Option<Record>| {
            record.as_ref().is_some_and(|record| {
                let visible = match access.map(|access| &access.policy) {
                    Some(Policy::Known(policy)) => policy.holds(record, &self.identity),
                    Some(Policy::Asked) => true,
                    None => false,
                };
                let read = |(table, condition): &(i16, RowCondition)| {
                    *table == change.table.id && condition.holds(record)
                };
                visible && self.tables.iter().any(read)
            })
        };
        if concerns(&change.record) || concerns(&change.old_record) {
            self.wake();
        }
    }
}
