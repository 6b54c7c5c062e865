use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use dashmap::{DashMap, Entry};

use super::Subject;
use crate::error::{Code, Error, Result};

/// So many are told apart at once; those who come on top share one bucket.
const SUBJECTS_MAX: usize = 100_000;
/// Below so many it is not worth looking for buckets that are full again.
const SWEEP_MIN: usize = 1_024;
/// A look through all buckets takes milliseconds: strangers who come faster than buckets fill must not buy one each.
const SWEEP_EVERY_MS: u64 = 1_000;

/// A bucket for each subject: it refills at a rate and holds so many seconds' worth.
///
/// A bucket is one number: the time at which it will be full again (the generic cell rate algorithm). One that is full
/// is forgotten, so what is kept is bounded by who was here a moment ago, and by a maximum.
#[derive(Debug)]
pub struct Buckets {
    /// What one costs.
    each: Duration,
    /// What a full bucket is worth.
    holds: Duration,
    began: Instant,
    /// When each bucket is full again, counted from the beginning.
    full_at: DashMap<Subject, Duration>,
    known: AtomicUsize,
    sweep_at: AtomicUsize,
    /// No sooner than this, in milliseconds from the beginning, is the next look.
    sweep_from_ms: AtomicU64,
}

impl Buckets {
    /// Buckets that refill by so many a second and hold so many seconds' worth, at least one; nothing for a rate of 0,
    /// which is none.
    pub fn new(per_second: u32, holds_seconds: f64) -> Option<Self> {
        if per_second == 0 {
            return None;
        }
        let each = Duration::from_secs(1) / per_second;
        Some(Buckets {
            each,
            holds: Duration::from_secs_f64(holds_seconds).max(each),
            began: Instant::now(),
            full_at: DashMap::new(),
            known: AtomicUsize::new(0),
            sweep_at: AtomicUsize::new(SWEEP_MIN),
            sweep_from_ms: AtomicU64::new(0),
        })
    }

    /// Takes `count` out of a subject's bucket, all or none. A full bucket gives any number: what it does not hold
    /// has to refill before the next.
    ///
    /// # Errors
    /// RATE_LIMITED with `retryAfterMs`, when the same may be tried again.
    pub fn take(&self, subject: Subject, count: u32) -> Result<()> {
        self.take_at(subject, count, self.began.elapsed())
            .map_err(limited)
    }

    fn take_at(
        &self,
        subject: Subject,
        count: u32,
        now: Duration,
    ) -> std::result::Result<(), Duration> {
        if let Some(mut full_at) = self.full_at.get_mut(&subject) {
            return self.take_from(&mut full_at, count, now);
        }
        let subject = self.make_room(subject, now);
        match self.full_at.entry(subject) {
            Entry::Occupied(mut full_at) => self.take_from(full_at.get_mut(), count, now),
            Entry::Vacant(vacant) => {
                self.known.fetch_add(1, Ordering::Relaxed);
                let mut full_at = vacant.insert(now);
                self.take_from(&mut full_at, count, now)
            }
        }
    }

    fn take_from(
        &self,
        full_at: &mut Duration,
        count: u32,
        now: Duration,
    ) -> std::result::Result<(), Duration> {
        let is_full = *full_at <= now;
        let after = (*full_at).max(now) + self.each.saturating_mul(count);
        let lacking = (after - now).saturating_sub(self.holds);
        if !is_full && !lacking.is_zero() {
            // No longer than until it is full, when everything is given.
            return Err(lacking.min(*full_at - now));
        }
        *full_at = after;
        Ok(())
    }

    /// Forgets full buckets when there are many; the subject whose bucket a new one takes.
    fn make_room(&self, subject: Subject, now: Duration) -> Subject {
        if self.is_due(now) {
            self.full_at.retain(|_, full_at| *full_at > now);
            let left = self.full_at.len();
            self.known.store(left, Ordering::Relaxed);
            let next = (left * 2).clamp(SWEEP_MIN, SUBJECTS_MAX);
            self.sweep_at.store(next, Ordering::Relaxed);
        }
        if self.known.load(Ordering::Relaxed) < SUBJECTS_MAX {
            subject
        } else {
            Subject::Unknown
        }
    }

    /// Whether it is time to look for full buckets, which one caller at a time is told.
    fn is_due(&self, now: Duration) -> bool {
        if self.known.load(Ordering::Relaxed) < self.sweep_at.load(Ordering::Relaxed) {
            return false;
        }
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let from_ms = self.sweep_from_ms.load(Ordering::Relaxed);
        let next_ms = now_ms.saturating_add(SWEEP_EVERY_MS);
        let (order, mark) = (Ordering::Relaxed, &self.sweep_from_ms);
        now_ms >= from_ms
            && mark
                .compare_exchange(from_ms, next_ms, order, order)
                .is_ok()
    }
}

fn limited(wait: Duration) -> Error {
    let retry_after_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
    Error::new(Code::RateLimited, "Too many requests; wait before the next")
        .with("retryAfterMs", retry_after_ms)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user(n: u128) -> Subject {
        Subject::User(Uuid::from_u128(n))
    }

    #[test]
    fn each_gets_its_rate_and_no_more() {
        let buckets = Buckets::new(10, 2.0).unwrap();
        let mut now = Duration::ZERO;
        assert!((0..20).all(|_| buckets.take_at(user(1), 1, now).is_ok()));
        assert_eq!(
            buckets.take_at(user(1), 1, now),
            Err(Duration::from_millis(100))
        );
        assert!(buckets.take_at(user(2), 1, now).is_ok(), "another's bucket");
        now += Duration::from_millis(100);
        assert!(
            buckets.take_at(user(1), 1, now).is_ok(),
            "it waited as told"
        );
        assert!(buckets.take_at(user(1), 1, now).is_err());
        now += Duration::from_secs(3_600);
        assert!((0..20).all(|_| buckets.take_at(user(1), 1, now).is_ok()));
        assert!(
            buckets.take_at(user(1), 1, now).is_err(),
            "an idle hour saves nothing up"
        );
    }

    #[test]
    fn a_batch_larger_than_the_bucket_is_given_once_and_paid_for() {
        let buckets = Buckets::new(100, 1.0).unwrap();
        let at = Duration::from_secs;
        assert!(buckets.take_at(user(1), 1_000, at(0)).is_ok());
        assert_eq!(
            buckets.take_at(user(1), 1, at(0)),
            Err(Duration::from_millis(9_010))
        );
        assert_eq!(buckets.take_at(user(1), 1_000, at(5)), Err(at(5)));
        assert!(buckets.take_at(user(1), 1_000, at(10)).is_ok());
    }

    #[test]
    fn strangers_without_end_take_no_memory() {
        let buckets = Buckets::new(1, 10.0).unwrap();
        for n in 0..400_000 {
            let now = Duration::from_micros(u64::try_from(n).unwrap());
            let _ = buckets.take_at(user(n), 1, now);
        }
        assert!(buckets.full_at.len() <= SUBJECTS_MAX + 1);
        let later = Duration::from_secs(60);
        assert!(buckets.take_at(user(1 << 100), 1, later).is_ok());
        assert!(buckets.full_at.len() <= 2, "{}", buckets.full_at.len());
    }

    #[test]
    fn a_rate_of_none_limits_nothing() {
        assert!(Buckets::new(0, 1.0).is_none());
    }
}
