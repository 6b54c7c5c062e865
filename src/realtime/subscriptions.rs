//! Who is subscribed, and the publication by which changes are theirs: what the reader hands changes to, and what
//! subscribers join.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::SystemTime;

use parking_lot::{Mutex, MutexGuard};

use super::change::Change;
use super::feed::{Feed, Member};
use super::interest::Interest;
use super::judge::{self, Judge};
use super::position::{Position, Snapshot, resync_required};
use super::publication::{CurrentPublication, Publication};
use super::queue::{QueueLimits, Receiver, queue};
use super::registry::Registry;
use super::shared_query::SharedQuery;
use super::stats::Stats;
use crate::error::{Code, Error};

/// All subscriptions of a process.
pub(super) struct Subscriptions {
    registry: Mutex<Registry>,
    /// It changes under the registry's lock, so that places in the index fit the policies.
    publication: Arc<CurrentPublication>,
    limits: QueueLimits,
    stats: Arc<Stats>,
    next_id: AtomicU64,
    /// Cursors taken before this moment (the database's clock, microseconds) may be from before a crash of the database.
    connected_us: AtomicI64,
}

impl std::fmt::Debug for Subscriptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscriptions")
    }
}

impl Subscriptions {
    /// Of nobody. `publication` is the judge's, too; `limits` are those of each subscriber's queue.
    pub fn new(
        judge: Arc<Judge>,
        publication: Arc<CurrentPublication>,
        limits: QueueLimits,
    ) -> Self {
        let stats = Arc::new(Stats::default());
        Subscriptions {
            registry: Mutex::new(Registry::new(judge, Arc::clone(&stats))),
            publication,
            limits,
            stats,
            next_id: AtomicU64::new(1),
            connected_us: AtomicI64::new(0),
        }
    }

    /// What is counted.
    pub fn stats(&self) -> &Arc<Stats> {
        &self.stats
    }

    /// The publication of now.
    pub fn publication(&self) -> Arc<Publication> {
        self.publication.get()
    }

    /// What was dispatched; nothing before the reader has started.
    pub fn position(&self) -> Option<Position> {
        self.registry().position.clone()
    }

    /// The reader is connected to a database that it found at a moment of that one's clock, in microseconds.
    pub fn connected(&self, as_of_us: i64) {
        self.connected_us.store(as_of_us, Ordering::Release);
    }

    /// Whether cursors of that moment may be from before a crash.
    pub fn may_have_crashed_since(&self, as_of_us: i64) -> bool {
        as_of_us < self.connected_us.load(Ordering::Acquire)
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        // What is done under the lock does not panic half-way through an update.
        self.registry.lock()
    }

    /// Joins the live stream.
    ///
    /// # Errors
    /// UNAVAILABLE while nobody reads the log.
    pub fn join(self: &Arc<Self>, interest: &Arc<Interest>) -> Result<Membership, Error> {
        let mut registry = self.registry();
        if registry.position.is_none() {
            return Err(not_read());
        }
        Ok(self.enter(&mut registry, interest))
    }

    /// Joins the live stream if it has dispatched everything that a snapshot sees and is not in the midst of a batch;
    /// also returns what it has dispatched.
    pub fn join_behind(
        self: &Arc<Self>,
        interest: &Arc<Interest>,
        snapshot: &Snapshot,
    ) -> Option<(Membership, Position)> {
        let mut registry = self.registry();
        let position = registry.position.clone()?;
        let is_there = position.page.is_none() && position.base.includes(snapshot);
        is_there.then(|| (self.enter(&mut registry, interest), position))
    }

    fn enter(self: &Arc<Self>, registry: &mut Registry, interest: &Arc<Interest>) -> Membership {
        let (sender, receiver) = queue(self.limits);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let publication = self.publication();
        let joined = registry.dispatch;
        let feed = registry.feed(&publication, interest);
        feed.add(Member { id, joined, sender });
        self.stats.subscriptions.fetch_add(1, Ordering::Relaxed);
        Membership {
            subscriptions: Arc::clone(self),
            feed,
            id,
            receiver,
        }
    }

    fn leave(&self, feed: &Arc<Feed>, id: u64) {
        self.stats.subscriptions.fetch_sub(1, Ordering::Relaxed);
        let mut registry = self.registry();
        if feed.remove(id) {
            registry.remove_feed(&self.publication(), feed);
        }
    }

    /// Joins a query to those that changes wake; true for one that was not there.
    pub fn join_query(
        &self,
        key: &str,
        make: impl FnOnce() -> SharedQuery,
    ) -> (Arc<SharedQuery>, bool) {
        let mut registry = self.registry();
        registry.join_query(&self.publication(), key, make)
    }

    /// A subscriber of a query has left.
    pub fn leave_query(&self, query: &Arc<SharedQuery>) {
        let mut registry = self.registry();
        registry.leave_query(&self.publication(), query);
    }

    /// Hands changes to their subscribers. `position` is what is dispatched with them.
    pub fn dispatch(&self, changes: Vec<Arc<Change>>, position: &Position) {
        if changes.is_empty() {
            self.registry().position = Some(position.clone());
            return;
        }
        self.stats.changes_in(&changes);
        let publication = self.publication();
        let (dispatch, deliveries) = {
            let mut registry = self.registry();
            registry.position = Some(position.clone());
            registry.dispatch += 1;
            (registry.dispatch, registry.gather(&publication, &changes))
        };
        for delivery in deliveries.changes {
            let cohort = &delivery.cohort;
            cohort.receive(&publication, dispatch, &delivery.feed, delivery.changes);
        }
        for feed in deliveries.truncated {
            feed.end(Some(&resync_required(
                "The table was emptied; read its present state and subscribe anew",
            )));
        }
    }

    /// Replaces the publication, and ends the streams of those who lost their rights by it.
    pub fn set_publication(&self, publication: Publication) {
        if self.publication().same(&publication) {
            return;
        }
        publication.warn_of_changed_functions();
        let publication = Arc::new(publication);
        let mut ended = Vec::new();
        {
            let mut registry = self.registry();
            self.publication.set(Arc::clone(&publication));
            registry.rebuild(&publication);
            for feed in registry.feeds() {
                if let Err(error) = judge::access(&publication, &feed.interest) {
                    ended.push((Arc::clone(feed), error));
                }
            }
            // Policies may have changed what every query answers.
            registry.wake_queries();
        }
        for (feed, error) in ended {
            feed.end(Some(&error));
        }
    }

    /// Runs every live query again.
    pub fn wake_queries(&self) {
        self.registry().wake_queries();
    }

    /// Ends every stream, because nobody's position means anything any more.
    pub fn start_anew(&self, error: &Error) {
        let feeds: Vec<Arc<Feed>> = {
            let mut registry = self.registry();
            registry.position = None;
            registry.wake_queries();
            registry.feeds().cloned().collect()
        };
        feeds.iter().for_each(|feed| feed.end(Some(error)));
    }

    /// Ends every stream of changes; what was dispatched stays so.
    pub fn end(&self, error: &Error) {
        let feeds = self.feeds();
        feeds.iter().for_each(|feed| feed.end(Some(error)));
    }

    fn feeds(&self) -> Vec<Arc<Feed>> {
        self.registry().feeds().cloned().collect()
    }

    /// Drops feeds that nobody reads and ends those of expired callers, who may see no change at all
    /// that would end them.
    pub fn sweep(&self) {
        let now = SystemTime::now();
        for feed in self.feeds() {
            if feed.interest.caller.expires_at.is_some_and(|at| at <= now) {
                feed.end(Some(&Error::new(
                    Code::Unauthenticated,
                    "The token of this stream has expired",
                )));
            }
            let mut registry = self.registry();
            if feed.sweep() {
                registry.remove_feed(&self.publication(), &feed);
            }
        }
    }
}

/// What is said while nobody reads the log.
pub(super) fn not_read() -> Error {
    Error::new(
        Code::Unavailable,
        "The change log is not being read; try again",
    )
}

/// A place in the live stream. Dropping it leaves.
#[derive(Debug)]
pub(super) struct Membership {
    subscriptions: Arc<Subscriptions>,
    feed: Arc<Feed>,
    id: u64,
    pub receiver: Receiver,
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.subscriptions.leave(&self.feed, self.id);
    }
}
