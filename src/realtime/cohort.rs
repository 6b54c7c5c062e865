//! Subscribers of a table whose visibility is one question to the database.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;

use super::change::{Change, Event};
use super::feed::Feed;
use super::judge::{self, Judge};
use super::policy::Policy;
use super::publication::Publication;
use super::stats::Stats;
use crate::auth::Caller;
use crate::db::is_passing;
use crate::error::Error;

/// Changes that may wait for one cohort's policies. They are shared, so this bounds pointers.
const INBOX_MAX: usize = 100_000;
/// Changes judged together.
const BATCH_MAX: usize = 1_000;
/// The least time between two questions for one cohort: changes come together meanwhile.
const PACE: Duration = Duration::from_millis(20);
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(2);
/// How often an unavailable database is asked again before the subscribers are told.
const RETRIES: u32 = 10;

/// The subscribers of one table with the same role and claims. Where the database decides what they
/// see, it is asked once for all of them, by a task of their own: whatever happens to it happens to
/// nobody else.
#[derive(Debug)]
pub(super) struct Cohort {
    pub key: String,
    pub caller: Arc<Caller>,
    /// How many feeds it has; guarded by the registry's lock.
    pub feeds: AtomicU64,
    inbox: Mutex<Vec<Job>>,
    arrived: Notify,
    started: AtomicBool,
    closed: AtomicBool,
    judge: Arc<Judge>,
    stats: Arc<Stats>,
}

#[derive(Clone, Debug)]
struct Job {
    change: Arc<Change>,
    feed: Arc<Feed>,
    dispatch: u64,
}

impl Cohort {
    pub fn new(key: String, caller: Arc<Caller>, judge: Arc<Judge>, stats: Arc<Stats>) -> Self {
        Cohort {
            key,
            caller,
            feeds: AtomicU64::new(0),
            inbox: Mutex::default(),
            arrived: Notify::new(),
            started: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            judge,
            stats,
        }
    }

    /// Takes what a dispatch has for a feed: hands it on at once where it can be judged in memory, or else gives it to
    /// the task.
    pub fn receive(
        self: &Arc<Self>,
        publication: &Publication,
        dispatch: u64,
        feed: &Arc<Feed>,
        changes: Vec<Arc<Change>>,
    ) {
        let interest = &feed.interest;
        let (_, access) = match judge::access(publication, interest) {
            Ok(found) => found,
            Err(error) => return feed.end(Some(&error)),
        };
        // Once the task has been at work, all goes through it, or a change that needs no question could overtake one
        // that does.
        let policy = match &access.policy {
            Policy::Known(policy) if interest.is_local() && !self.is_started() => policy,
            _ => return self.push(dispatch, feed, changes),
        };
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
        feed.deliver(&self.stats, dispatch, events);
    }

    fn is_started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    fn inbox(&self) -> MutexGuard<'_, Vec<Job>> {
        self.inbox.lock()
    }

    /// Gives its task changes to judge for a feed.
    fn push(self: &Arc<Self>, dispatch: u64, feed: &Arc<Feed>, changes: Vec<Arc<Change>>) {
        if !self.started.swap(true, Ordering::AcqRel) {
            tokio::spawn(work(Arc::clone(self)));
        }
        let mut inbox = self.inbox();
        if inbox.len() + changes.len() > INBOX_MAX {
            let jobs = std::mem::take(&mut *inbox);
            drop(inbox);
            self.stats.slow_clients.fetch_add(1, Ordering::Relaxed);
            let error = Error::limit_exceeded(
                "waitingChanges",
                INBOX_MAX,
                "The policies of this table are slower than its changes; subscribe again after the last cursor",
            );
            feed.end(Some(&error));
            jobs.iter().for_each(|job| job.feed.end(Some(&error)));
            return;
        }
        inbox.extend(changes.into_iter().map(|change| Job {
            change,
            feed: Arc::clone(feed),
            dispatch,
        }));
        drop(inbox);
        self.arrived.notify_one();
    }

    /// Its last feed is gone.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.arrived.notify_one();
    }

    fn take(&self) -> Vec<Job> {
        let mut inbox = self.inbox();
        let count = inbox.len().min(BATCH_MAX);
        inbox.drain(..count).collect()
    }
}

async fn work(cohort: Arc<Cohort>) {
    let mut last = Instant::now().checked_sub(PACE);
    while !cohort.closed.load(Ordering::Acquire) {
        let jobs = cohort.take();
        if jobs.is_empty() {
            cohort.arrived.notified().await;
            if let Some(rest) = last.and_then(|last| PACE.checked_sub(last.elapsed())) {
                tokio::time::sleep(rest).await;
            }
            continue;
        }
        last = Some(Instant::now());
        judge_with_patience(&cohort, &jobs).await;
    }
}

/// Judges a batch, again while the database is away or busy with the rows, and ends the feeds where that does not help.
async fn judge_with_patience(cohort: &Cohort, jobs: &[Job]) {
    let mut pause = RETRY_MIN;
    let mut served = Vec::new();
    let mut retries = 0;
    loop {
        match judge_batch(cohort, jobs, &mut served).await {
            Ok(()) => return,
            Err(error) if is_passing(&error) && retries < RETRIES => {
                retries += 1;
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(RETRY_MAX);
            }
            Err(error) => {
                jobs.iter().for_each(|job| job.feed.end(Some(&error)));
                return;
            }
        }
    }
}

/// `served` keeps the feeds that were served already, over retries.
async fn judge_batch(
    cohort: &Cohort,
    jobs: &[Job],
    served: &mut Vec<Arc<Feed>>,
) -> Result<(), Error> {
    let judge = &cohort.judge;
    let publication = judge.publication();
    let (changes, places) = judge::distinct(jobs.iter().map(|job| Arc::clone(&job.change)));
    let Some(first) = jobs.first() else {
        return Ok(());
    };
    let (table, access) = judge::access(&publication, &first.feed.interest)?;
    let visible = judge
        .visible(table, access, &cohort.caller, &changes)
        .await?;
    for feed in feeds(jobs) {
        if served.iter().any(|served| Arc::ptr_eq(served, feed)) {
            continue;
        }
        let own = jobs.iter().filter(|job| Arc::ptr_eq(&job.feed, feed));
        let wanted: Vec<usize> = own
            .filter_map(|job| places.get(&job.change.seq).copied())
            .collect();
        let some: Vec<_> = wanted
            .iter()
            .filter_map(|index| changes.get(*index).cloned())
            .collect();
        let sides: Vec<_> = wanted
            .iter()
            .filter_map(|index| visible.get(*index).copied())
            .collect();
        match judge
            .events(table, access, &feed.interest, &some, &sides)
            .await
        {
            Ok(events) => deliver(&cohort.stats, feed, jobs, events),
            Err(error) if is_passing(&error) => return Err(error),
            // A condition or an answer failed, which is this feed's alone.
            Err(error) => feed.end(Some(&error)),
        }
        served.push(Arc::clone(feed));
    }
    Ok(())
}

/// The feeds of some jobs, each once.
fn feeds(jobs: &[Job]) -> Vec<&Arc<Feed>> {
    let mut seen = HashSet::new();
    jobs.iter()
        .map(|job| &job.feed)
        .filter(|feed| seen.insert(Arc::as_ptr(feed)))
        .collect()
}

/// Hands events on, each under the dispatch that it came with.
fn deliver(stats: &Stats, feed: &Arc<Feed>, jobs: &[Job], events: Vec<Event>) {
    let mut dispatches: HashMap<i64, u64> = HashMap::new();
    for job in jobs.iter().filter(|job| Arc::ptr_eq(&job.feed, feed)) {
        dispatches.insert(job.change.seq, job.dispatch);
    }
    let mut run: Vec<Event> = Vec::new();
    let mut current = 0;
    for event in events {
        let dispatch = dispatches
            .get(&event.change.seq)
            .copied()
            .unwrap_or(u64::MAX);
        if dispatch != current {
            feed.deliver(stats, current, std::mem::take(&mut run));
            current = dispatch;
        }
        run.push(event);
    }
    feed.deliver(stats, current, run);
}
