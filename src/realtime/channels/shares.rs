//! How often one caller may broadcast and be present, over all sockets and requests; and how much without a socket.

use std::net::IpAddr;

use super::Channels;
use crate::{
    auth::{Caller, Role},
    error::{Error, Result},
    rates::{Buckets, Subject},
};

impl Channels {
    /// Counts broadcasts of a caller, however they come: by a socket, by mutation, or by REST. The service role is not
    /// counted.
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
        self.take(&self.shared.broadcasts, caller, address, count)
    }

    /// The same for presence that is tracked, renewed or ended.
    ///
    /// # Errors
    /// RATE_LIMITED with `retryAfterMs`.
    pub fn count_tracking(&self, caller: &Caller, address: Option<IpAddr>) -> Result<()> {
        self.take(&self.shared.tracking, caller, address, 1)
    }

    fn take(
        &self,
        buckets: &Option<Buckets>,
        caller: &Caller,
        address: Option<IpAddr>,
        count: u32,
    ) -> Result<()> {
        let Some(buckets) = buckets
            .as_ref()
            .filter(|_| caller.role != Role::ServiceRole)
        else {
            return Ok(());
        };
        let taken = buckets.take(Subject::new(caller, address), count);
        taken.inspect_err(|_| {
            let dropped = &self.shared.figures.dropped;
            dropped.with_label_values(&["rate_limit"]).inc();
        })
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
        Err(Error::limit_exceeded("presences", allowed, message))
    }
}
