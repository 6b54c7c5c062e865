//! When a statement failed because of the database's state, and would fail whatever it said: told once, here, for
//! requests, accounts, the change log and channels alike.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::fault::{StatementError, chain};
use crate::error::{Code, Error};

/// The least time between two lines in the log that say the same about every request.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// When each of [`Absence`] was said last.
static SAID: Mutex<[Option<Instant>; 4]> = Mutex::new([None; 4]);

/// Whether this process is about to end, and closes its database.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Says that this process closes its database: from now on it is no news that it is away. What runs beside the server's
/// own tasks, and is cut off in the middle of a statement, raises no alarm then.
pub fn expect_absence() {
    IS_ENDING.store(true, Ordering::Relaxed);
}

/// Whether [`expect_absence`] was said.
pub(super) fn is_ending() -> bool {
    IS_ENDING.load(Ordering::Relaxed)
}

/// Why the database does nothing, or not this, for anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// It does not answer, starts, stops, or ended the connection.
    Away,
    /// It answers, and is at a limit of its own: connections, memory, locks.
    Busy,
    /// It reads and takes no changes: a standby, or set so.
    ReadOnly,
    /// There is no room on its disk.
    Full,
}

impl Absence {
    /// What a SQLSTATE says about the database, if it is that.
    #[must_use]
    pub fn of_state(state: &str) -> Option<Self> {
        match state {
            "25006" => Some(Absence::ReadOnly),
            "53100" => Some(Absence::Full),
            // A statement that was cancelled took too long: the database is there.
            "57014" => None,
            _ if state.starts_with("53") => Some(Absence::Busy),
            _ if state.starts_with("08") || state.starts_with("57") => Some(Absence::Away),
            _ => None,
        }
    }

    /// What a failed statement says about the database, if it is that.
    #[must_use]
    pub fn of(error: &StatementError) -> Option<Self> {
        match error.code() {
            Some(state) => Self::of_state(state),
            None => error.is_closed().then_some(Absence::Away),
        }
    }

    /// What is behind a public error, if it is that.
    #[must_use]
    pub fn behind(error: &Error) -> Option<Self> {
        let source = std::error::Error::source(error)?;
        Self::of(source.downcast_ref::<StatementError>()?)
    }

    /// Whether it is to be said, and was not for a while: a full disk must not be filled with words about it.
    pub(super) fn is_time(self) -> bool {
        if is_ending() {
            return false;
        }
        let mut said = SAID.lock();
        let last = &mut said[self as usize];
        let due = last.is_none_or(|at| at.elapsed() > SAY_EVERY);
        if due {
            *last = Some(Instant::now());
        }
        due
    }

    /// What a client is told.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Absence::Away => "The database does not answer; try again",
            Absence::Busy => "The database is at its limits; try again",
            Absence::ReadOnly => {
                "The database takes no changes now, it can only be read; try again later"
            }
            Absence::Full => {
                "The database has no room for changes, its disk is full; tell whoever runs this server"
            }
        }
    }
}

/// What came of work that writes and that nobody asked for: on a standby there is none to do, which was said when the
/// server started.
///
/// # Errors
/// Every other error.
pub fn unless_read_only<T: Default>(done: Result<T, Error>) -> Result<T, Error> {
    match done {
        Err(error) if Absence::behind(&error) == Some(Absence::ReadOnly) => Ok(T::default()),
        done => done,
    }
}

/// UNAVAILABLE with the reason when a statement failed because of the database's state; nothing when it is the
/// statement's own fault. What an operator has to mend is said in the log.
pub(super) fn absent(error: &StatementError) -> Option<Error> {
    let absence = Absence::of(error)?;
    if absence.is_time() {
        let error = chain(error);
        match absence {
            Absence::Full => {
                tracing::error!(%error, "the database's disk is full: nothing can be changed until there is room");
            }
            Absence::Busy => tracing::error!(%error, "the database is at a limit of its own"),
            Absence::Away => tracing::warn!(%error, "the database is away"),
            Absence::ReadOnly => {}
        }
    }
    Some(Error::new(Code::Unavailable, absence.message()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_the_database_are_told_from_faults_of_statements() {
        for (state, absence) in [
            ("25006", Some(Absence::ReadOnly)),
            ("53100", Some(Absence::Full)),
            ("53200", Some(Absence::Busy)),
            ("53300", Some(Absence::Busy)),
            ("57P01", Some(Absence::Away)),
            ("57P03", Some(Absence::Away)),
            ("08006", Some(Absence::Away)),
            ("57014", None),
            ("40001", None),
            ("23505", None),
            ("25P02", None),
            ("XX000", None),
        ] {
            assert_eq!(Absence::of_state(state), absence, "{state}");
        }
    }
}
