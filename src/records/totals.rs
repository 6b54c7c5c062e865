//! What operations came to since the server began.

use super::buckets::{BOUNDS_US, COUNT};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// How many ended.
    pub count: u64,
    /// How many of them were refused something, or failed.
    pub errors: u64,
    /// How many of those failed by the server's doing.
    pub faults: u64,
    /// How many of those that did not were refused because their caller asked for more than its share, or too fast.
    pub throttled: u64,
    /// How long they took together, in microseconds.
    pub total_us: u64,
    pub(super) buckets: [u64; COUNT],
}

impl Default for Totals {
    fn default() -> Self {
        Totals {
            count: 0,
            errors: 0,
            faults: 0,
            throttled: 0,
            total_us: 0,
            buckets: [0; COUNT],
        }
    }
}

impl Totals {
    /// How many took at most so many microseconds, and longer than the bound before: in order, the longest last.
    pub fn by_bound(&self) -> impl Iterator<Item = (u64, u64)> {
        BOUNDS_US.into_iter().zip(self.buckets)
    }

    pub(super) fn add(&mut self, other: &Totals) {
        self.count += other.count;
        self.errors += other.errors;
        self.faults += other.faults;
        self.throttled += other.throttled;
        self.total_us += other.total_us;
        for (sum, count) in self.buckets.iter_mut().zip(other.buckets) {
            *sum += count;
        }
    }
}
