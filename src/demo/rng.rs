//! Numbers that are the same in every run, on every machine.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

/// SplitMix64: small, fast, and fixed for good, unlike a library's default generator. Never for secrets.
#[derive(Clone)]
pub(super) struct Rng(u64);

impl Rng {
    /// A generator of its own for every pair of seed and purpose, so that more of one kind of rows
    /// leaves the others as they are.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let mut rng = Self(seed);
        for byte in purpose.bytes() {
            rng.0 ^= u64::from(byte);
            rng.next();
        }
        rng
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to and without `end`, which must not be 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// Both ends included.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        first + (self.next() % (last - first + 1).unsigned_abs()) as i64
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// From 0 up to and without 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// The first when nothing else is chosen: each choice comes with its weight.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(T, u64)]) -> T {
        let total: u64 = choices.iter().map(|choice| choice.1).sum();
        let mut left = self.next() % total;
        for (value, weight) in choices {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        choices[0].0
    }

    /// A moment from `first` up to and without `end`; `first` if there is nothing between.
    pub(super) fn moment(&mut self, first: DateTime<Utc>, end: DateTime<Utc>) -> DateTime<Utc> {
        let span = (end - first).num_milliseconds();
        if span <= 0 {
            return first;
        }
        first + Duration::milliseconds(self.between(0, span - 1))
    }

    /// A version 7 UUID of that moment.
    pub(super) fn uuid(&mut self, at: DateTime<Utc>) -> Uuid {
        let millis = at.timestamp_millis().unsigned_abs();
        let mut bytes = [0u8; 10];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes()[..2]);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}
