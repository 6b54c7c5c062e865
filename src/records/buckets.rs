//! Durations, counted in buckets of which each ends a quarter later than the one before: sums of several servers and
//! minutes still tell the middle, and the 95 hundredths, to within a bucket.

use std::{
    array,
    sync::atomic::{AtomicU64, Ordering},
};

use serde_json::{Map, Value};

/// From a tenth of a millisecond to more than two minutes.
pub(super) const COUNT: usize = 64;
pub(super) const BOUNDS_US: [u64; COUNT] = bounds();

const fn bounds() -> [u64; COUNT] {
    let mut bounds = [100; COUNT];
    let mut place = 1;
    while place < COUNT {
        bounds[place] = bounds[place - 1] * 5 / 4;
        place += 1;
    }
    bounds
}

/// How many durations fell between which bounds.
#[derive(Debug)]
pub(super) struct Buckets([AtomicU64; COUNT]);

impl Default for Buckets {
    fn default() -> Self {
        Buckets([const { AtomicU64::new(0) }; COUNT])
    }
}

impl Buckets {
    /// Counts a duration. What is longer than the last bound is in the last bucket.
    pub(super) fn add(&self, duration_us: u64) {
        let place = BOUNDS_US.partition_point(|bound| *bound < duration_us);
        self.0[place.min(COUNT - 1)].fetch_add(1, Ordering::Relaxed);
    }

    /// How many are counted, bucket by bucket.
    pub(super) fn counts(&self) -> [u64; COUNT] {
        array::from_fn(|place| self.0[place].load(Ordering::Relaxed))
    }

    /// Takes what was counted.
    pub(super) fn take(&self) -> [u64; COUNT] {
        array::from_fn(|place| self.0[place].swap(0, Ordering::Relaxed))
    }
}

/// Counts as a row keeps them: the bounds in milliseconds, and how many.
pub(super) fn by_bound(counts: &[u64; COUNT]) -> Map<String, Value> {
    let counted = BOUNDS_US.iter().zip(counts);
    counted
        .filter(|(_, count)| **count > 0)
        .map(|(bound_us, count)| {
            let bound_ms = format!("{}.{:03}", bound_us / 1_000, bound_us % 1_000);
            (bound_ms, Value::from(*count))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_fall_into_the_bucket_that_ends_with_or_after_them() {
        let buckets = Buckets::default();
        for duration_us in [0, 100, 101, 125, 126, u64::MAX] {
            buckets.add(duration_us);
        }
        let taken = Value::Object(by_bound(&buckets.take()));
        let last = format!("{}.{:03}", BOUNDS_US[63] / 1_000, BOUNDS_US[63] % 1_000);
        assert_eq!(
            taken,
            serde_json::json!({"0.100": 2, "0.125": 2, "0.156": 1, last: 1})
        );
        assert!(BOUNDS_US[63] > 120_000_000, "longer than any operation");
        assert_eq!(buckets.take(), [0; COUNT], "what was taken is gone");
    }
}
