//! Subscribers that see the same, and those whose visibility the database decides.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::Notify;

use super::change::{Change, Event};
use super::hub::Hub;
use super::interest::Interest;
use super::judge;
use super::queue::{Pushed, Sender};
use crate::auth::Caller;
use crate::db::is_passing;
use crate::error::{Code, Error};

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

/// Equal subscriptions of equal callers.
#[derive(Debug)]
pub(super) struct Feed {
    pub interest: Arc<Interest>,
    pub cohort: Arc<Cohort>,
    members: Mutex<Vec<Member>>,
}

#[derive(Debug)]
pub(super) struct Member {
    pub id: u64,
    /// The dispatch at which it joined; what was dispatched up to then is not for it.
    pub joined: u64,
    pub sender: Sender,
}

impl Feed {
    pub fn new(interest: Arc<Interest>, cohort: Arc<Cohort>) -> Self {
        Feed {
            interest,
            cohort,
            members: Mutex::default(),
        }
    }

    fn members(&self) -> MutexGuard<'_, Vec<Member>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn add(&self, member: Member) {
        self.members().push(member);
    }

    /// Takes a member out; true when it was the last.
    pub fn remove(&self, id: u64) -> bool {
        let mut members = self.members();
        members.retain(|member| member.id != id);
        members.is_empty()
    }

    /// Hands events to the members that joined before the dispatch.
    pub fn deliver(&self, hub: &Hub, dispatch: u64, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let expired = self
            .interest
            .caller
            .expires_at
            .is_some_and(|at| at <= SystemTime::now());
        if expired {
            self.end(Some(&Error::new(
                Code::Unauthenticated,
                "The token of this stream has expired",
            )));
            return;
        }
        let mut delivered = 0;
        let mut members = self.members();
        for event in events {
            let event = Arc::new(event);
            members.retain(|member| {
                if member.joined >= dispatch {
                    return true;
                }
                match member.sender.push(&event) {
                    Pushed::Queued => {
                        delivered += 1;
                        true
                    }
                    Pushed::Gone => false,
                    Pushed::Overflowed => {
                        hub.stats().slow_clients.fetch_add(1, Ordering::Relaxed);
                        false
                    }
                }
            });
            hub.stats().observe_lag(&event.change);
        }
        drop(members);
        hub.stats()
            .events_out
            .fetch_add(delivered, Ordering::Relaxed);
    }

    /// Ends all members' streams.
    pub fn end(&self, error: Option<&Error>) {
        for member in self.members().drain(..) {
            member.sender.end(error.cloned());
        }
    }

    /// Drops members whose stream nobody reads any more; true when none is left.
    pub fn sweep(&self) -> bool {
        let mut members = self.members();
        members.retain(|member| !member.sender.is_gone());
        members.is_empty()
    }
}

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
}

#[derive(Clone, Debug)]
struct Job {
    change: Arc<Change>,
    feed: Arc<Feed>,
    dispatch: u64,
}

impl Cohort {
    pub fn new(key: String, caller: Arc<Caller>) -> Self {
        Cohort {
            key,
            caller,
            feeds: AtomicU64::new(0),
            inbox: Mutex::default(),
            arrived: Notify::new(),
            started: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        }
    }

    /// Whether its task has been at work. From then on all its changes go through it, or a change
    /// that needs no question could overtake one that does.
    pub fn is_started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    fn inbox(&self) -> MutexGuard<'_, Vec<Job>> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives its task changes to judge for a feed.
    pub fn push(
        self: &Arc<Self>,
        hub: &Hub,
        dispatch: u64,
        feed: &Arc<Feed>,
        changes: Vec<Arc<Change>>,
    ) {
        if !self.started.swap(true, Ordering::AcqRel) {
            tokio::spawn(work(Arc::clone(self), hub.clone()));
        }
        let mut inbox = self.inbox();
        if inbox.len() + changes.len() > INBOX_MAX {
            let jobs = std::mem::take(&mut *inbox);
            drop(inbox);
            hub.stats().slow_clients.fetch_add(1, Ordering::Relaxed);
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

async fn work(cohort: Arc<Cohort>, hub: Hub) {
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
        judge_with_patience(&cohort, &hub, &jobs).await;
    }
}

/// Judges a batch, again while the database is away or busy with the rows, and ends the feeds where that does not help.
async fn judge_with_patience(cohort: &Cohort, hub: &Hub, jobs: &[Job]) {
    let mut pause = RETRY_MIN;
    let mut failed = Vec::new();
    let mut retries = 0;
    loop {
        match judge_batch(cohort, hub, jobs, &mut failed).await {
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

/// `done` keeps the feeds that were served already, over retries.
async fn judge_batch(
    cohort: &Cohort,
    hub: &Hub,
    jobs: &[Job],
    done: &mut Vec<Arc<Feed>>,
) -> Result<(), Error> {
    let catalog = hub.catalog();
    let (changes, places) = judge::distinct(jobs.iter().map(|job| Arc::clone(&job.change)));
    let Some(first) = jobs.first() else {
        return Ok(());
    };
    let (table, access) = judge::access(&catalog, &first.feed.interest)?;
    let visible = hub
        .judge()
        .visible(table, access, &cohort.caller, &changes)
        .await?;
    for feed in feeds(jobs) {
        if done.iter().any(|done| Arc::ptr_eq(done, feed)) {
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
        match hub
            .judge()
            .events(table, access, &feed.interest, &some, &sides)
            .await
        {
            Ok(events) => deliver(hub, feed, jobs, events),
            Err(error) if is_passing(&error) => return Err(error),
            // A condition or an answer failed, which is this feed's alone.
            Err(error) => feed.end(Some(&error)),
        }
        done.push(Arc::clone(feed));
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
fn deliver(hub: &Hub, feed: &Arc<Feed>, jobs: &[Job], events: Vec<Event>) {
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
            feed.deliver(hub, current, std::mem::take(&mut run));
            current = dispatch;
        }
        run.push(event);
    }
    feed.deliver(hub, current, run);
}
