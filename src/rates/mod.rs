//! How much one caller may ask: so many in a time ([`Buckets`]), so many at once ([`Tally`]), so many bytes that it has
//! not read yet ([`UnreadBytes`]).
//!
//! Who is counted is a [`Subject`]: the user, or for callers without a token and for anonymous accounts the network that
//! they call from. Counts live in this process: several servers on one database allow each their share. What sign-ins may be tried is counted
//! in the database, by `accounts`.

mod buckets;
mod subject;
mod tally;
mod unread;

pub use buckets::Buckets;
pub use subject::Subject;
pub use tally::{Full, Seat, Tally};
pub use unread::{Unread, UnreadBytes};

use crate::{
    auth::{Caller, RequestContext, Role},
    config::RateSettings,
    error::Result,
};

/// Seconds' worth of requests that may come at once.
const REQUESTS_BURST_SECONDS: f64 = 2.0;
/// Seconds' worth of strangers' writes that may come at once.
const WRITES_BURST_SECONDS: f64 = 10.0;

/// The rates that hold on every transport.
#[derive(Debug)]
pub struct Rates {
    requests: Option<Buckets>,
    strangers_writes: Option<Buckets>,
}

impl Rates {
    /// The rates that the settings name.
    pub fn new(settings: &RateSettings) -> Self {
        Rates {
            requests: Buckets::new(settings.requests_per_second, REQUESTS_BURST_SECONDS),
            strangers_writes: Buckets::new(
                settings.stranger_writes_per_second,
                WRITES_BURST_SECONDS,
            ),
        }
    }

    /// Counts a request of any kind.
    ///
    /// # Errors
    /// RATE_LIMITED with `retryAfterMs`.
    pub fn count_request(&self, context: &RequestContext) -> Result<()> {
        match &self.requests {
            Some(requests) if context.caller.role != Role::ServiceRole => {
                requests.take(Subject::of(context), 1)
            }
            _ => Ok(()),
        }
    }

    /// Counts writes, if they are a stranger's: of a caller without a token, or of an anonymous account.
    ///
    /// # Errors
    /// RATE_LIMITED with `retryAfterMs`.
    pub fn count_writes(&self, context: &RequestContext, writes: usize) -> Result<()> {
        match &self.strangers_writes {
            Some(rate) if writes > 0 && is_stranger(&context.caller) => rate.take(
                Subject::of(context),
                u32::try_from(writes).unwrap_or(u32::MAX),
            ),
            _ => Ok(()),
        }
    }
}

/// Whether a caller has no account, or one that was had for the asking.
pub fn is_stranger(caller: &Caller) -> bool {
    match caller.role {
        Role::Anon => true,
        Role::Authenticated => caller.is_anonymous(),
        Role::ServiceRole => false,
    }
}
