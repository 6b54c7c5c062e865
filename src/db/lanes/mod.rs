//! Who gets a connection, and when.
//!
//! Before each pool stand two lanes. Quick work runs on few connections, which is faster than many; slow work has a
//! lane of its own and does not hold it up. Which lane a piece of work takes is decided by what it has cost before; new
//! work is tried in the quick lane, and what takes long there is moved while it runs: its connection counts for the
//! slow lane from then on, and the quick lane opens another. A statement that waits for a row is slow, too.
//!
//! How many places the quick lane has is found by trying (see [`climb`]); the others have what they began with.
//!
//! In each lane callers take turns (see [`fair`]), and each has at most a part of the places: of the quick ones a smaller
//! part for what takes much longer than others' work, even while nobody waits (see [`others`]). Who would wait too long
//! is refused at once, before anything was done for it.

mod climb;
mod cost;
mod fair;
mod limits;
mod others;
mod scheduler;
#[cfg(test)]
mod tests;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use climb::{Bounds, Climb};
use cost::Costs;
pub use cost::Work;
use limits::Limits;
use scheduler::{Arrival, Refusal, Scheduler, Waiter};

use crate::{
    auth::Share,
    config::{DatabaseSettings, PoolRange},
    error::{Code, Error},
};

/// The shortest pause that a refused caller is told.
const RETRY_MIN_MS: u64 = 100;
/// The longest.
const RETRY_MAX_MS: u64 = 30_000;

/// The lanes before a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// For work that is known to take little, and for new work.
    Quick,
    /// For work that takes long.
    Slow,
}

impl Lane {
    /// Both.
    pub const ALL: [Lane; 2] = [Lane::Quick, Lane::Slow];

    /// Its name among the figures.
    pub const fn as_str(self) -> &'static str {
        match self {
            Lane::Quick => "quick",
            Lane::Slow => "slow",
        }
    }
}

/// What there is to know of a lane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LaneFigures {
    /// How many wait.
    pub waiting: usize,
    /// How many run.
    pub running: usize,
    /// How many may run at once; of slow work some more when it began as quick work.
    pub places: usize,
    /// How many were refused since the start.
    pub refused: u64,
}

/// The lanes of one pool. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Lanes(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    scheduler: Mutex<Scheduler<oneshot::Sender<usize>>>,
    costs: Costs,
    began: Instant,
    wait: Duration,
    tick: Duration,
    connections: usize,
    arrivals: AtomicU64,
    /// Whether a task looks for runs that take long.
    watched: Mutex<bool>,
    refused: [AtomicU64; 2],
}

impl Lanes {
    /// Lanes over so many connections.
    pub(super) fn new(connections: PoolRange, settings: &DatabaseSettings) -> Self {
        let limits = Limits::new(connections.start, settings);
        let bounds = Bounds::new(connections, &limits);
        Lanes(Arc::new(Shared {
            costs: Costs::new(),
            began: Instant::now(),
            wait: Duration::from_micros(limits.wait),
            tick: Duration::from_micros(limits.slow_from / 4).max(Duration::from_millis(1)),
            connections: limits.total() - limits.quick + bounds.max,
            arrivals: AtomicU64::new(0),
            watched: Mutex::new(false),
            refused: [AtomicU64::new(0), AtomicU64::new(0)],
            scheduler: Mutex::new(Scheduler::new(limits, Climb::new(bounds))),
        }))
    }

    /// How many connections they need.
    pub(super) fn connections(&self) -> usize {
        self.0.connections
    }

    /// Waits until the caller may run some work; its connection counts as used until the ticket is dropped.
    ///
    /// # Errors
    /// UNAVAILABLE with `retryAfterMs`: at once when it would wait too long, or when it has waited so long.
    pub(super) async fn enter(&self, share: Share, work: Work) -> Result<Ticket, Error> {
        let id = self.0.arrivals.fetch_add(1, Ordering::Relaxed);
        let mut receiver = None;
        let arrival = {
            let now = self.0.now();
            let mut scheduler = self.0.scheduler();
            scheduler.arrive((share, work, id), &self.0.costs, now, || {
                let (sender, waits) = oneshot::channel();
                receiver = Some(waits);
                sender
            })
        };
        let lane = match arrival {
            Arrival::Runs(run) => return Ok(self.ticket(run)),
            Arrival::Refused(refusal) => return Err(self.refused(refusal)),
            Arrival::Waits(lane) => lane,
        };
        self.watch();
        let mut waiting = Waiting {
            lanes: self,
            share,
            id,
            receiver,
        };
        match tokio::time::timeout(self.0.wait, waiting.told()).await {
            Ok(Some(run)) => Ok(self.ticket(run)),
            Ok(None) | Err(_) => {
                let refusal = self.0.scheduler().overdue(lane, share);
                Err(self.refused(refusal))
            }
        }
    }

    /// Refuses a caller who would be refused whatever it asks, before anything is done for it.
    ///
    /// # Errors
    /// As [`Lanes::enter`].
    pub(super) fn check(&self, share: Share) -> Result<(), Error> {
        let now = self.0.now();
        let refusal = self.0.scheduler().refuses(share, now);
        refusal.map_or(Ok(()), |refusal| Err(self.refused(refusal)))
    }

    /// What there is to know of a lane.
    pub(super) fn figures(&self, lane: Lane) -> LaneFigures {
        let (waiting, running, places) = self.0.scheduler().figures(lane);
        LaneFigures {
            waiting,
            running,
            places,
            refused: self.0.refused[lane as usize].load(Ordering::Relaxed),
        }
    }

    fn ticket(&self, run: usize) -> Ticket {
        Ticket {
            lanes: self.clone(),
            run,
        }
    }

    fn refused(&self, refusal: Refusal) -> Error {
        self.0.refused[refusal.lane as usize].fetch_add(1, Ordering::Relaxed);
        let message = if refusal.by_own {
            "More of your requests wait for the database than can be answered in time: wait for answers before you \
             send more"
        } else {
            "The server has more to do than it can: try again later"
        };
        let pause = (refusal.after / 1_000).clamp(RETRY_MIN_MS, RETRY_MAX_MS);
        let error = Error::new(Code::Unavailable, message).with("retryAfterMs", pause);
        if refusal.by_own {
            error.over_share()
        } else {
            error
        }
    }

    /// Looks for runs that take long as long as somebody waits for their places.
    fn watch(&self) {
        let mut watched = lock(&self.0.watched);
        if std::mem::replace(&mut *watched, true) {
            return;
        }
        let shared = Arc::clone(&self.0);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(shared.tick).await;
                // Whoever begins to wait from here on starts another task or finds this one.
                let mut watched = lock(&shared.watched);
                let now = shared.now();
                if !shared.scheduler().sweep(&shared.costs, now) {
                    *watched = false;
                    return;
                }
            }
        });
    }
}

impl Shared {
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn scheduler(&self) -> MutexGuard<'_, Scheduler<oneshot::Sender<usize>>> {
        lock(&self.scheduler)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Waiter for oneshot::Sender<usize> {
    fn tell(self, run: usize) -> bool {
        self.send(run).is_ok()
    }
}

/// Somebody who waits; dropped, it leaves its place.
struct Waiting<'a> {
    lanes: &'a Lanes,
    share: Share,
    id: u64,
    receiver: Option<oneshot::Receiver<usize>>,
}

impl Waiting<'_> {
    /// The number of the run, once it begins.
    async fn told(&mut self) -> Option<usize> {
        let run = self.receiver.as_mut()?.await.ok();
        self.receiver = None;
        run
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let Some(mut receiver) = self.receiver.take() else {
            return;
        };
        receiver.close();
        match receiver.try_recv() {
            // It was told in the last moment.
            Ok(run) => drop(self.lanes.ticket(run)),
            Err(_) => self.lanes.0.scheduler().forget(self.share, self.id),
        }
    }
}

/// The right to use one connection, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    lanes: Lanes,
    run: usize,
}

impl Ticket {
    /// Says that the connection had to be opened, so that it counts from now on and teaches nothing of the work's cost.
    pub(super) fn opened(&self) {
        let shared = &self.lanes.0;
        let now = shared.now();
        shared.scheduler().opened(self.run, now);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let shared = &self.lanes.0;
        let now = shared.now();
        shared.scheduler().leave(self.run, &shared.costs, now);
    }
}
