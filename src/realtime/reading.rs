//! Whether somebody reads what the database tells, for those who wait for it.

use std::time::Duration;

use tokio::sync::watch;

use crate::db::Absence;
use crate::error::{Code, Error};

/// How long to wait after the server started.
const PATIENCE: Duration = Duration::from_secs(10);

/// A state that can be waited for.
#[derive(Debug)]
pub(super) struct Reading(watch::Sender<Readiness>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readiness {
    /// Not yet, or not now.
    No,
    Yes,
    /// The database takes no changes, so that nobody can follow them. It may be a standby that takes over one day.
    Refused,
}

impl Reading {
    /// Nobody reads yet.
    pub fn new() -> Self {
        Reading(watch::Sender::new(Readiness::No))
    }

    /// From now on.
    pub fn begins(&self) {
        self.0.send_replace(Readiness::Yes);
    }

    /// No more, until it begins again. `why` tells whether there is hope that it does so soon.
    pub fn ends(&self, why: Option<Absence>) {
        let refused = why == Some(Absence::ReadOnly);
        self.0.send_replace(if refused {
            Readiness::Refused
        } else {
            Readiness::No
        });
    }

    /// Whether it has begun.
    pub fn is_on(&self) -> bool {
        *self.0.borrow() == Readiness::Yes
    }

    /// Waits until it begins.
    ///
    /// # Errors
    /// UNAVAILABLE when it does not within seconds, or at once when the database takes no changes.
    pub async fn ready(&self) -> Result<(), Error> {
        let mut state = self.0.subscribe();
        let decided =
            tokio::time::timeout(PATIENCE, state.wait_for(|state| *state != Readiness::No));
        let decided = match decided.await {
            Ok(Ok(state)) => *state,
            _ => Readiness::No,
        };
        let message = match decided {
            Readiness::Yes => return Ok(()),
            Readiness::Refused => {
                "The database takes no changes now, so that there are none to follow; try again later"
            }
            Readiness::No => Absence::Away.message(),
        };
        Err(Error::new(Code::Unavailable, message))
    }
}
