//! The operations that run on sockets and streams, counted for each caller.

use std::sync::Arc;

use crate::{
    error::{Error, Result},
    graphql::RequestContext,
    rates::{Seat, Subject, Tally},
};

/// How many run, and how many one caller may have.
#[derive(Debug)]
pub struct RunningOperations {
    seats: Arc<Tally>,
    max_caller: usize,
}

impl RunningOperations {
    pub(super) fn new(max_caller: usize) -> Self {
        RunningOperations {
            seats: Tally::new(usize::MAX, max_caller),
            max_caller,
        }
    }

    /// How many run.
    pub fn count(&self) -> usize {
        self.seats.taken()
    }

    /// Counts one more of a caller, until the seat is dropped.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED when the caller has as many as it may have, over all its sockets and streams.
    pub(super) fn begin(&self, context: &RequestContext) -> Result<Seat> {
        self.seats.enter(Subject::of(context)).map_err(|_| {
            let allowed = self.max_caller;
            let message = format!(
                "At most {allowed} operations may run at once on all of your sockets and streams"
            );
            Error::limit_exceeded("callerOperations", allowed, message)
        })
    }
}
