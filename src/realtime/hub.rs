//! Where changes meet their subscribers.

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use super::catalog::{Catalog, Table};
use super::change::Change;
use super::feed::{Feed, Member};
use super::interest::{Interest, Subscription};
use super::judge::{self, Judge};
use super::live::Live;
use super::log::begun_anew;
use super::policy::Policy;
use super::position::{Cursor, Position, Snapshot, resync_required};
use super::queue::{QueueLimits, queue};
use super::reader::Bell;
use super::reading::Reading;
use super::registry::{Registry, Work};
use super::stats::Stats;
use super::subscriber::Changes;
use crate::db::{Absence, Db};
use crate::error::{Code, Error};

/// How long a resuming subscriber waits for the reader to come to where it is, and how often it looks.
const JOIN_PATIENCE: Duration = Duration::from_secs(30);
const JOIN_STEP: Duration = Duration::from_millis(3);

/// The hub of a process. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    judge: Judge,
    registry: Mutex<Registry>,
    catalog: RwLock<Arc<Catalog>>,
    reading: Reading,
    /// Cursors taken before this moment (the database's clock, microseconds) may be from before a
    /// crash of the database.
    connected_us: AtomicI64,
    bell: Arc<Bell>,
    limits: QueueLimits,
    stats: Stats,
    next_id: AtomicU64,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hub")
    }
}

impl Hub {
    /// A hub without subscribers; [`super::Realtime::start`] gives it a reader.
    pub(super) fn new(db: Db, bell: Arc<Bell>, limits: QueueLimits) -> Self {
        let inner = Inner {
            judge: Judge::new(db.clone()),
            db,
            registry: Mutex::default(),
            catalog: RwLock::new(Arc::new(Catalog::empty())),
            reading: Reading::new(),
            connected_us: AtomicI64::new(0),
            bell,
            limits,
            stats: Stats::default(),
            next_id: AtomicU64::new(1),
        };
        Hub {
            inner: Arc::new(inner),
        }
    }

    /// Subscribes to the changes of a table. When this returns, nothing committed from now on can be
    /// missed; with `after`, neither can anything since that cursor.
    ///
    /// # Errors
    /// NOT_FOUND for a table that is not published, FORBIDDEN when the caller may not read it,
    /// BAD_USER_INPUT for a condition or cursor that means nothing, RESYNC_REQUIRED for a cursor that
    /// is too old, UNAVAILABLE while the database is away.
    pub async fn subscribe(&self, subscription: Subscription) -> Result<Changes, Error> {
        self.ready().await?;
        let catalog = self.catalog();
        let table = catalog
            .find(&subscription.schema, &subscription.table)
            .ok_or_else(|| {
                Error::new(
                    Code::NotFound,
                    format!(
                        "There is no table {}.{} to subscribe to",
                        subscription.schema, subscription.table
                    ),
                )
            })?;
        let interest = Arc::new(Interest::new(table.id, &subscription));
        judge::access(&catalog, &interest)?;
        if let Some(condition) = &interest.condition.sql {
            self.judge()
                .check(table, condition, &interest.caller)
                .await?;
        }
        match &subscription.after {
            None => Ok(Changes::live(self.join(&interest)?)),
            Some(after) => {
                let cursor = Cursor::decode(after)?;
                if cursor.log != catalog.log {
                    return Err(begun_anew());
                }
                Changes::resume(self.clone(), interest, cursor.position).await
            }
        }
    }

    /// The published table of a name.
    #[must_use]
    pub fn table(&self, schema: &str, name: &str) -> Option<Arc<Table>> {
        self.catalog().find(schema, name).cloned()
    }

    /// What the hub counts.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.inner.stats
    }

    /// The cursor of everything that was dispatched up to now.
    #[must_use]
    pub fn cursor(&self) -> Option<String> {
        let position = self.registry().position.clone()?;
        Some(
            Cursor {
                log: self.catalog().log,
                position,
            }
            .encode(),
        )
    }

    /// Waits until the reader stands somewhere.
    ///
    /// # Errors
    /// UNAVAILABLE when it does not within seconds, or at once when the database lets nobody follow its changes.
    pub async fn ready(&self) -> Result<(), Error> {
        self.inner.reading.ready().await
    }

    pub(super) fn db(&self) -> &Db {
        &self.inner.db
    }

    pub(super) fn judge(&self) -> &Judge {
        &self.inner.judge
    }

    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(
            &self
                .inner
                .catalog
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Whether cursors of that moment may be from before a crash.
    pub(super) fn may_have_crashed_since(&self, as_of_us: i64) -> bool {
        as_of_us < self.inner.connected_us.load(Ordering::Acquire)
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        // What is done under the lock does not panic half-way through an update.
        self.inner
            .registry
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the live stream.
    pub(super) fn join(&self, interest: &Arc<Interest>) -> Result<Joined, Error> {
        let mut registry = self.registry();
        if registry.position.is_none() {
            return Err(Error::new(
                Code::Unavailable,
                "The change log is not being read; try again",
            ));
        }
        Ok(self.enter(&mut registry, interest))
    }

    /// Joins the live stream where it has dispatched everything that a snapshot sees and is not in
    /// the midst of a batch; also returns what it has dispatched. Before that, wakes the reader.
    ///
    /// # Errors
    /// UNAVAILABLE when that does not come about.
    pub(super) async fn join_after(
        &self,
        interest: &Arc<Interest>,
        snapshot: &Snapshot,
    ) -> Result<(Joined, Position), Error> {
        let begun = Instant::now();
        while begun.elapsed() < JOIN_PATIENCE {
            {
                let mut registry = self.registry();
                let position = registry.position.clone();
                if let Some(position) = position
                    && position.page.is_none()
                    && position.base.includes(snapshot)
                {
                    return Ok((self.enter(&mut registry, interest), position));
                }
            }
            self.inner.bell.ring();
            tokio::time::sleep(JOIN_STEP).await;
        }
        Err(Error::new(
            Code::Unavailable,
            "The change log is not being read; try again",
        ))
    }

    fn enter(&self, registry: &mut Registry, interest: &Arc<Interest>) -> Joined {
        let (sender, receiver) = queue(self.inner.limits);
        let id = self.inner.next_id.fetch_add(1, Ordering::Relaxed);
        // The catalog changes under the registry's lock, so that places in the index fit the policies.
        let catalog = self.catalog();
        let joined = registry.dispatch;
        let feed = registry.feed(&catalog, interest);
        feed.add(Member { id, joined, sender });
        self.inner
            .stats
            .subscriptions
            .fetch_add(1, Ordering::Relaxed);
        Joined {
            hub: self.clone(),
            feed,
            id,
            receiver,
        }
    }

    fn leave(&self, feed: &Arc<Feed>, id: u64) {
        self.inner
            .stats
            .subscriptions
            .fetch_sub(1, Ordering::Relaxed);
        let mut registry = self.registry();
        if feed.remove(id) {
            let catalog = self.catalog();
            registry.remove_feed(&catalog, feed);
        }
    }

    /// Joins a live query to those that changes wake.
    pub(super) fn join_live(&self, key: &str, make: impl FnOnce() -> Live) -> (Arc<Live>, bool) {
        let mut registry = self.registry();
        if let Some(live) = registry.lives.get(key)
            && live.enter()
        {
            return (Arc::clone(live), false);
        }
        let live = Arc::new(make());
        registry.lives.insert(key.to_owned(), Arc::clone(&live));
        registry.place_live(&self.catalog(), &live);
        (live, true)
    }

    pub(super) fn leave_live(&self, live: &Arc<Live>) {
        let mut registry = self.registry();
        if !live.exit() {
            return;
        }
        if registry
            .lives
            .get(live.key())
            .is_some_and(|other| Arc::ptr_eq(other, live))
        {
            registry.lives.remove(live.key());
        }
        registry.remove_live(&self.catalog(), live);
    }

    /// Hands changes to their subscribers. `position` is what is dispatched with them.
    pub(super) fn dispatch(&self, changes: Vec<Arc<Change>>, position: &Position) {
        if changes.is_empty() {
            self.registry().position = Some(position.clone());
            return;
        }
        self.inner.stats.changes_in(&changes);
        let catalog = self.catalog();
        let mut work: Vec<Work> = Vec::new();
        let mut truncated: Vec<Arc<Feed>> = Vec::new();
        let dispatch = {
            let mut registry = self.registry();
            registry.position = Some(position.clone());
            registry.dispatch += 1;
            registry.gather(&catalog, &changes, &mut work, &mut truncated);
            registry.dispatch
        };
        for (feed, changes) in work {
            self.hand_over(&catalog, dispatch, &feed, changes);
        }
        for feed in truncated {
            feed.end(Some(&resync_required(
                "The table was emptied; read its present state and subscribe anew",
            )));
        }
    }

    fn hand_over(
        &self,
        catalog: &Catalog,
        dispatch: u64,
        feed: &Arc<Feed>,
        changes: Vec<Arc<Change>>,
    ) {
        let interest = &feed.interest;
        let (_, access) = match judge::access(catalog, interest) {
            Ok(found) => found,
            Err(error) => return feed.end(Some(&error)),
        };
        let Policy::Known(policy) = &access.policy else {
            return feed.cohort.push(self, dispatch, feed, changes);
        };
        if !interest.is_local() || feed.cohort.is_started() {
            return feed.cohort.push(self, dispatch, feed, changes);
        }
        let mut events = Vec::new();
        for change in &changes {
            let Some(kind) = interest.decide(policy, change) else {
                continue;
            };
            let mut event = judge::event(kind, change, access);
            match interest.projection.project(&event) {
                Ok(body) => event.body = body,
                Err(error) => return feed.end(Some(&error)),
            }
            events.push(event);
        }
        feed.deliver(self, dispatch, events);
    }

    /// Replaces the catalog, and ends the streams of those who lost their rights by it.
    pub(super) fn set_catalog(&self, catalog: Catalog) {
        if self.catalog().same(&catalog) {
            return;
        }
        catalog.warn_of_changed_functions();
        let catalog = Arc::new(catalog);
        let mut ended = Vec::new();
        {
            let mut registry = self.registry();
            *self
                .inner
                .catalog
                .write()
                .unwrap_or_else(PoisonError::into_inner) = Arc::clone(&catalog);
            registry.rebuild(&catalog);
            for feed in registry.feeds.values() {
                if let Err(error) = judge::access(&catalog, &feed.interest) {
                    ended.push((Arc::clone(feed), error));
                }
            }
            // Policies may have changed what every query answers.
            registry.lives.values().for_each(|live| live.wake());
        }
        for (feed, error) in ended {
            feed.end(Some(&error));
        }
    }

    /// Runs every live query again.
    pub(super) fn wake_live_queries(&self) {
        self.registry().lives.values().for_each(|live| live.wake());
    }

    pub(super) fn is_reading(&self) -> bool {
        self.inner.reading.is_on()
    }

    /// The reader is connected and stands at this position.
    pub(super) fn reader_ready(&self, position: Option<&Position>) {
        if let Some(position) = position {
            self.inner
                .connected_us
                .store(position.as_of_us, Ordering::Release);
        }
        self.inner.reading.begins();
    }

    /// The reader lost its connection. Subscribers stay: it goes on where it stood.
    pub(super) fn reader_lost(&self, why: Option<Absence>) {
        self.inner.reading.ends(why);
    }

    /// Ends every stream, because nobody's position means anything any more.
    pub(super) fn end_all(&self, error: &Error) {
        let mut registry = self.registry();
        registry.position = None;
        let feeds: Vec<Arc<Feed>> = registry.feeds.values().cloned().collect();
        registry.lives.values().for_each(|live| live.wake());
        drop(registry);
        feeds.iter().for_each(|feed| feed.end(Some(error)));
    }

    /// Tells every subscriber that the server stops; they resume elsewhere or later.
    pub fn shut_down(&self) {
        let registry = self.registry();
        let feeds: Vec<Arc<Feed>> = registry.feeds.values().cloned().collect();
        drop(registry);
        let error = Error::new(
            Code::Unavailable,
            "The server is stopping; subscribe again after the last cursor",
        );
        feeds.iter().for_each(|feed| feed.end(Some(&error)));
    }

    /// Drops feeds that nobody reads and ends those of expired callers, who may see no change at all
    /// that would end them.
    pub(super) fn sweep(&self) {
        let now = SystemTime::now();
        let feeds: Vec<Arc<Feed>> = self.registry().feeds.values().cloned().collect();
        for feed in feeds {
            if feed.interest.caller.expires_at.is_some_and(|at| at <= now) {
                feed.end(Some(&Error::new(
                    Code::Unauthenticated,
                    "The token of this stream has expired",
                )));
            }
            let mut registry = self.registry();
            if feed.sweep() {
                registry.remove_feed(&self.catalog(), &feed);
            }
        }
    }
}

/// A place in the live stream. Dropping it leaves.
#[derive(Debug)]
pub(super) struct Joined {
    hub: Hub,
    feed: Arc<Feed>,
    id: u64,
    pub receiver: super::queue::Receiver,
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.hub.leave(&self.feed, self.id);
    }
}
