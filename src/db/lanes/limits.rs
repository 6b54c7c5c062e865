//! How many run at once, and how long and how many may wait.

use super::Lane;
use crate::{auth::Share, config::DatabaseSettings};

/// The operator's own programs may have so many times more waiting.
const SERVICE_TIMES: usize = 4;

/// The measures of a pool's lanes. Times are in microseconds.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// Places in the quick lane.
    pub(super) quick: usize,
    /// Places in the slow lane.
    pub(super) slow: usize,
    /// So many more may run in the slow lane when they began in the quick one.
    pub(super) lent: usize,
    /// From this on work is slow.
    pub(super) slow_from: u64,
    /// The longest that anybody is to wait.
    pub(super) wait: u64,
    /// How many may wait in a lane.
    pub(super) queue: usize,
    /// How many of one caller.
    queue_each: usize,
    /// The part of a lane that one caller may have, in hundredths.
    share_percent: usize,
}

impl Limits {
    /// Of a pool of so many connections: a quarter each for slow work and for what turns out to be slow; the rest is
    /// the quick lane's. With one connection there are no lanes.
    pub(super) fn new(connections: u32, settings: &DatabaseSettings) -> Self {
        let connections = usize::try_from(connections).unwrap_or(usize::MAX).max(1);
        let slow = (connections / 4).max(usize::from(connections > 1));
        let lent = connections / 4;
        let micros = |ms: u64| ms.saturating_mul(1_000);
        Limits {
            quick: connections - slow - lent,
            slow,
            lent,
            slow_from: micros(settings.slow_statement_ms),
            wait: micros(settings.pool_wait_ms),
            queue: usize::try_from(settings.queue_size).unwrap_or(usize::MAX),
            queue_each: usize::try_from(settings.caller_queue_size).unwrap_or(usize::MAX),
            share_percent: usize::from(settings.caller_share_percent),
        }
    }

    /// The connections of all lanes.
    pub(super) fn total(&self) -> usize {
        self.quick + self.slow + self.lent
    }

    pub(super) fn slots(&self, lane: Lane) -> usize {
        match lane {
            Lane::Quick => self.quick,
            Lane::Slow => self.slow,
        }
    }

    /// How many of a caller's may run in a lane: its part, at least one. The operator's own programs may have all but
    /// one.
    pub(super) fn cap(&self, lane: Lane, share: Share) -> usize {
        let slots = self.slots(lane);
        let part = (slots * self.share_percent / 100).max(1);
        match share {
            Share::Service => part.max(slots.saturating_sub(1)),
            _ => part,
        }
    }

    pub(super) fn queue_of(&self, share: Share) -> usize {
        match share {
            Share::Service => self.queue_each.saturating_mul(SERVICE_TIMES),
            _ => self.queue_each,
        }
    }
}
