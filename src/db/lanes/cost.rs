//! What pieces of work have cost, so that the next run of each is put where it belongs.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::auth::Share;

/// A piece of work whose cost is remembered: a statement, or a whole operation. The default one is never known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work(u64);

/// Places for costs. What has none left pushes another out, which is then found again.
const PLACES: usize = 1 << 14;
/// A new cost counts for a quarter: three runs after a change, the new one decides.
const WEIGHT: u64 = 4;

impl Work {
    /// The work of an SQL text, or of anything else that names it.
    pub fn of(text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        // Zero is the work that is never known.
        Work(hasher.finish() | 1)
    }

    /// The work of several pieces together.
    #[must_use]
    pub fn and(self, other: Work) -> Self {
        match (self.0, other.0) {
            (0, other) => Work(other),
            (one, 0) => Work(one),
            (one, other) => Work(mixed(one.rotate_left(17) ^ other) | 1),
        }
    }

    fn for_share(self, share: u64) -> u64 {
        mixed(self.0 ^ share.rotate_left(32))
    }

    fn for_all(self) -> u64 {
        mixed(self.0)
    }
}

/// Spreads the bits of a number (the finalizer of splitmix64).
fn mixed(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Costs in microseconds: of each piece of work for each caller, and for those who have not had it run yet. Each place
/// holds half of a hash and a cost. Two that write one place at once lose a run, which does no harm.
#[derive(Debug)]
pub(super) struct Costs(Box<[AtomicU64]>);

impl Costs {
    pub(super) fn new() -> Self {
        Costs((0..PLACES).map(|_| AtomicU64::new(0)).collect())
    }

    /// What the work has cost this caller lately, or else cost others; nothing when it is new.
    pub(super) fn expected(&self, work: Work, share: Share) -> Option<u64> {
        if work == Work::default() {
            return None;
        }
        self.read(work.for_share(share.number()))
            .or_else(|| self.read(work.for_all()))
    }

    /// Remembers a run. Others learn from a caller's first run alone, and from no more than `others_max` of it: nobody
    /// makes a statement slow for everybody by running it slowly again and again.
    pub(super) fn record(&self, work: Work, share: Share, cost: u64, others_max: u64) {
        if work == Work::default() {
            return;
        }
        let own = work.for_share(share.number());
        let before = self.read(own);
        if before.is_none() {
            let all = work.for_all();
            self.write(all, smoothed(self.read(all), cost.min(others_max)));
        }
        self.write(own, smoothed(before, cost));
    }

    /// Remembers that a run that goes on has cost this much already.
    pub(super) fn raise(&self, work: Work, share: Share, cost: u64) {
        if work == Work::default() {
            return;
        }
        let own = work.for_share(share.number());
        if self.read(own).is_none_or(|before| before < cost) {
            self.write(own, cost);
        }
    }

    fn place(&self, hash: u64) -> &AtomicU64 {
        let index = usize::try_from(hash).unwrap_or(hash as u32 as usize) % self.0.len();
        &self.0[index]
    }

    fn read(&self, hash: u64) -> Option<u64> {
        let kept = self.place(hash).load(Ordering::Relaxed);
        let cost = kept & u64::from(u32::MAX);
        (kept >> 32 == hash >> 32 && cost > 0).then_some(cost)
    }

    fn write(&self, hash: u64, cost: u64) {
        let cost = cost.clamp(1, u64::from(u32::MAX));
        let kept = (hash >> 32 << 32) | cost;
        self.place(hash).store(kept, Ordering::Relaxed);
    }
}

fn smoothed(before: Option<u64>, cost: u64) -> u64 {
    match before {
        None => cost,
        Some(before) => (before * (WEIGHT - 1) + cost.min(u64::from(u32::MAX))) / WEIGHT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn user(number: u128) -> Share {
        Share::User(Uuid::from_u128(number))
    }

    #[test]
    fn costs_are_each_callers_own_and_others_learn_from_first_runs() {
        let costs = Costs::new();
        let (list, search) = (Work::of("list"), Work::of("search"));
        assert_eq!(costs.expected(list, user(1)), None);
        costs.record(list, user(1), 1_000, 80_000);
        assert_eq!(costs.expected(list, user(1)), Some(1_000));
        assert_eq!(costs.expected(list, user(2)), Some(1_000));
        assert_eq!(costs.expected(search, user(1)), None);
        // Somebody whose runs take for ever: it is known of them, and of them alone.
        for _ in 0..100 {
            costs.record(list, user(3), 30_000_000, 80_000);
        }
        assert!(
            costs
                .expected(list, user(3))
                .is_some_and(|cost| cost > 20_000_000)
        );
        assert_eq!(costs.expected(list, user(1)), Some(1_000));
        let others = costs.expected(list, user(4));
        assert_eq!(others, Some((1_000 * 3 + 80_000) / 4));
        for number in 10..40 {
            costs.record(list, user(number), 1_000, 80_000);
        }
        assert!(
            costs
                .expected(list, user(4))
                .is_some_and(|cost| cost < 2_000)
        );
    }

    #[test]
    fn a_run_that_goes_on_is_known_to_be_slow_before_it_ends() {
        let costs = Costs::new();
        let work = Work::of("wait");
        costs.raise(work, user(1), 20_000);
        assert_eq!(costs.expected(work, user(1)), Some(20_000));
        assert_eq!(costs.expected(work, user(2)), None);
        costs.raise(work, user(1), 10_000);
        assert_eq!(costs.expected(work, user(1)), Some(20_000));
        costs.record(Work::default(), user(1), 5, 5);
        assert_eq!(costs.expected(Work::default(), user(1)), None);
    }

    #[test]
    fn work_of_several_pieces_has_a_cost_of_its_own() {
        let (one, other) = (Work::of("one"), Work::of("other"));
        assert_ne!(one.and(other), one);
        assert_ne!(one.and(other), other.and(one));
        assert_eq!(Work::default().and(one), one);
        assert_eq!(one.and(Work::default()), one);
    }
}
