//! What the hub counts, for `/metrics`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::change::Change;

/// The upper bounds of the buckets of [`Stats::lag`], in microseconds; the last bucket has none.
pub const LAG_BUCKETS_US: [u64; 13] = [
    1_000, 2_500, 5_000, 10_000, 20_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    10_000_000, 60_000_000,
];

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Stats {
    /// Changes that the reader took out of the log.
    pub changes_in: AtomicU64,
    /// Events handed to subscribers, one per subscriber.
    pub events_out: AtomicU64,
    /// Subscribers that were cut off because they read too slowly.
    pub slow_clients: AtomicU64,
    /// Open subscriptions to changes.
    pub subscriptions: AtomicU64,
    /// Open live queries.
    pub live_queries: AtomicU64,
    /// Runs of live queries.
    pub live_runs: AtomicU64,
    /// The highest number that the reader has handed on.
    pub last_seq: AtomicI64,
    /// How many events took how long from commit to hand-over; see [`LAG_BUCKETS_US`].
    pub lag: [AtomicU64; 14],
    /// The sum of those times in microseconds.
    pub lag_sum_us: AtomicU64,
}

impl Stats {
    pub(super) fn changes_in(&self, changes: &[Arc<Change>]) {
        self.changes_in
            .fetch_add(changes.len() as u64, Ordering::Relaxed);
        if let Some(seq) = changes.iter().map(|change| change.seq).max() {
            self.last_seq.fetch_max(seq, Ordering::Relaxed);
        }
    }

    pub(super) fn observe_lag(&self, change: &Change) {
        let lag = SystemTime::now()
            .duration_since(change.committed_at)
            .unwrap_or(Duration::ZERO);
        let lag_us = u64::try_from(lag.as_micros()).unwrap_or(u64::MAX);
        let bucket = LAG_BUCKETS_US
            .iter()
            .position(|bound| lag_us <= *bound)
            .unwrap_or(LAG_BUCKETS_US.len());
        if let Some(count) = self.lag.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.lag_sum_us.fetch_add(lag_us, Ordering::Relaxed);
    }
}
