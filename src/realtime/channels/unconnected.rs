//! How often and how much callers may do without a socket: what a socket may, counted for each caller.

use std::net::IpAddr;

use super::Channels;
use crate::{
    auth::{Caller, Role},
    error::{Code, Error, Result},
    rates::{Buckets, Subject},
};

impl Channels {
    /// Counts broadcasts that come without a socket, by mutation or REST: whoever sends them may send as many in a
    /// second as one socket. The service role is not counted.
    ///
    /// # Errors
    /// RATE_LIMITED with `retryAfterMs`.
    pub fn count_broadcasts(
        &self,
        caller: &Caller,
        address: Option<IpAddr>,
        count: usize,
    ) -> Result<()> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let counted = take(&self.shared.broadcasts, caller, address, count);
        if counted.is_err() {
            self.shared
                .figures
                .dropped
                .with_label_values(&["rate_limited"])
                .inc();
        }
        counted
    }

    /// The same for presence that is tracked, renewed or ended without a socket.
    ///
    /// # Errors
    /// RATE_LIMITED with `retryAfterMs`.
    pub fn count_tracking(&self, caller: &Caller, address: Option<IpAddr>) -> Result<()> {
        take(&self.shared.tracking, caller, address, 1)
    }

    /// Refuses a presence more than one connection could have channels.
    pub(super) fn check_leases(&self, caller: &Caller) -> Result<()> {
        let allowed = self.shared.settings.realtime_max_channels;
        let leases = self.shared.leases.iter();
        let own = leases.filter(|lease| lease.key().user == caller.user_id);
        if own.count() < allowed || caller.role == Role::ServiceRole {
            return Ok(());
        }
        let message = format!("You may be present on {allowed} channels at once");
        Err(Error::new(Code::LimitExceeded, message)
            .with("limit", "presences")
            .with("allowed", allowed))
    }
}

fn take(
    buckets: &Option<Buckets>,
    caller: &Caller,
    address: Option<IpAddr>,
    count: u32,
) -> Result<()> {
    match buckets {
        Some(buckets) if caller.role != Role::ServiceRole => {
            buckets.take(Subject::new(caller, address), count)
        }
        _ => Ok(()),
    }
}
