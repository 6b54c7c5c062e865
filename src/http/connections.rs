//! Counts what is open, and ends it when the server stops.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio_util::{
    sync::{CancellationToken, WaitForCancellationFutureOwned},
    task::TaskTracker,
};

use crate::{
    error::{Code, Error, Result},
    graphql::RequestContext,
    rates::{Seat, Subject, Tally},
};

/// The open WebSockets and event streams.
#[derive(Debug)]
pub struct Connections {
    max: usize,
    open: AtomicUsize,
    operations: Arc<Tally>,
    max_caller_operations: usize,
    cut: AtomicUsize,
}

impl Connections {
    pub(super) fn new(max: usize, max_caller_operations: usize) -> Self {
        Connections {
            max,
            open: AtomicUsize::new(0),
            operations: Tally::new(usize::MAX, max_caller_operations),
            max_caller_operations,
            cut: AtomicUsize::new(0),
        }
    }

    /// How many WebSockets and event streams are open.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// How many operations run on them.
    pub fn operations(&self) -> usize {
        self.operations.taken()
    }

    /// How many were cut off since the start because they did not read.
    pub fn cut(&self) -> usize {
        self.cut.load(Ordering::Relaxed)
    }

    pub(super) fn count_cut(&self) {
        self.cut.fetch_add(1, Ordering::Relaxed);
    }

    /// A place for one more connection, or nothing when all are taken.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Place> {
        let free = |open| (open < self.max).then_some(open + 1);
        self.open
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, free)
            .ok()?;
        Some(Place(Arc::clone(self)))
    }

    /// Counts one more operation of a caller, until the seat is dropped.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED when the caller has as many as it may have, over all connections.
    pub(super) fn count_operation(&self, context: &RequestContext) -> Result<Seat> {
        self.operations.enter(Subject::of(context)).map_err(|_| {
            let allowed = self.max_caller_operations;
            let message = format!(
                "At most {allowed} operations may run at once on all of your sockets and streams"
            );
            Error::new(Code::LimitExceeded, message)
                .with("limit", "callerOperations")
                .with("allowed", allowed)
        })
    }
}

/// One open connection.
#[derive(Debug)]
pub(super) struct Place(Arc<Connections>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The end of the server: [`Drain::begin`] tells every socket and stream, each after a random part of the
/// spread, to come back later; [`Drain::finished`] waits until all are gone.
#[derive(Debug, Clone)]
pub struct Drain {
    stop: CancellationToken,
    tasks: TaskTracker,
    spread: Duration,
}

impl Drain {
    /// A server that runs. `stop` may be shared with other parts: cancelling it begins the end too.
    pub fn new(stop: CancellationToken, spread: Duration) -> Self {
        Drain {
            stop,
            tasks: TaskTracker::new(),
            spread,
        }
    }

    /// Begins the end.
    pub fn begin(&self) {
        self.stop.cancel();
    }

    /// Waits until all sockets and streams are closed. Call it after [`Drain::begin`], with a limit of time.
    pub async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    pub(super) fn begun(&self) -> WaitForCancellationFutureOwned {
        self.stop.clone().cancelled_owned()
    }

    pub(super) fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// When one connection is to end, counted from the beginning of the end.
    pub(super) fn delay(&self) -> Duration {
        self.spread.mul_f64(rand::random::<f64>())
    }
}
