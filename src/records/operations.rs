//! How often each operation was asked for, how long it took, how large its answers were and how often it failed.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use parking_lot::{Mutex, RwLock};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    buckets::{Buckets, by_bound},
    totals::Totals,
};
use crate::error::{Code, Error};

/// Rows that wait for a database that is away; of more, the oldest go. An hour of three hundred operations.
const WAITING_MAX: usize = 20_000;

/// The figures of a server's operations, by their names. Names come from closed lists alone, the schema's root fields
/// and the registered documents, so that no client makes their number grow.
#[derive(Debug, Default)]
pub struct Operations {
    named: RwLock<HashMap<Box<str>, Arc<OperationFigures>>>,
    registered: OnceLock<HashSet<String>>,
    waiting: Mutex<Vec<OperationMinute>>,
    /// What was taken. Whoever moves figures there or adds both up holds it, so that none is missed or counted twice.
    taken: Mutex<Totals>,
}

/// The figures of operations with one name since they were last taken.
#[derive(Debug, Default)]
pub struct OperationFigures {
    name: Box<str>,
    count: AtomicU64,
    errors: AtomicU64,
    faults: AtomicU64,
    throttled: AtomicU64,
    size_bytes: AtomicU64,
    total_us: AtomicU64,
    max_us: AtomicU64,
    buckets: Buckets,
}

/// A row of `performance_metrics`, as `private.record_operations` takes it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct OperationMinute {
    name: Box<str>,
    minute: DateTime<Utc>,
    count: u64,
    errors: u64,
    faults: u64,
    total_ms: f64,
    max_ms: f64,
    bytes: u64,
    buckets: Map<String, Value>,
}

/// What came of an operation, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// All of it was answered.
    Answered,
    /// Something was refused: by its caller's doing.
    Refused,
    /// Something was refused because its caller asked for more than its share, or faster than it may.
    Throttled,
    /// Something failed that was the server's to do.
    Failed,
}

impl Ending {
    /// What an error makes of the operation.
    pub fn of(error: &Error) -> Self {
        match error.code() {
            Code::RateLimited => Ending::Throttled,
            Code::Unavailable if error.is_over_share() => Ending::Throttled,
            Code::Internal | Code::Unavailable | Code::Timeout => Ending::Failed,
            _ => Ending::Refused,
        }
    }

    /// The worse of two.
    #[must_use]
    pub fn and(self, other: Ending) -> Ending {
        self.max(other)
    }
}

/// Measures one operation. One that is given up is counted when it took all the time that it may: then the server was
/// too slow, and else its client went away.
#[derive(Debug)]
pub struct Timing<'a> {
    figures: &'a OperationFigures,
    began: Instant,
    allowed: Duration,
    ended: bool,
}

impl Operations {
    /// Takes over the names of the operations that the operator registered, once.
    pub fn register(&self, names: impl IntoIterator<Item = String>) {
        let _ = self.registered.set(names.into_iter().collect());
    }

    /// Whether the operator registered an operation of that name.
    pub fn is_registered(&self, name: &str) -> bool {
        self.registered
            .get()
            .is_some_and(|names| names.contains(name))
    }

    /// The figures of the operations of that name.
    pub fn named(&self, name: &str) -> Arc<OperationFigures> {
        if let Some(known) = self.named.read().get(name) {
            return Arc::clone(known);
        }
        let new = || {
            Arc::new(OperationFigures {
                name: name.into(),
                ..OperationFigures::default()
            })
        };
        Arc::clone(self.named.write().entry(name.into()).or_insert_with(new))
    }

    /// Takes what was counted since it was last taken, as of the minute that ends or ended at `now`, beside what waits.
    pub(super) fn take(&self, now: DateTime<Utc>) -> Vec<OperationMinute> {
        let middle = now - TimeDelta::seconds(30);
        let minute = middle
            .duration_trunc(TimeDelta::minutes(1))
            .unwrap_or(middle);
        let mut rows = std::mem::take(&mut *self.waiting.lock());
        let mut taken = self.taken.lock();
        let named = self.named.read();
        let minutes = named
            .values()
            .map(|figures| figures.take(minute, &mut taken));
        rows.extend(minutes.flatten());
        rows
    }

    /// All that was counted since the server began.
    pub fn totals(&self) -> Totals {
        let taken = self.taken.lock();
        let mut totals = taken.clone();
        for figures in self.named.read().values() {
            figures.add_to(&mut totals);
        }
        totals
    }

    /// Keeps rows that could not be written; how many had to go.
    pub(super) fn put_back(&self, mut rows: Vec<OperationMinute>) -> usize {
        let gone = rows.len().saturating_sub(WAITING_MAX);
        rows.drain(..gone);
        *self.waiting.lock() = rows;
        gone
    }
}

impl OperationFigures {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Measures an operation that began then and may take so long.
    pub fn timing(&self, began: Instant, allowed: Duration) -> Timing<'_> {
        Timing {
            figures: self,
            began,
            allowed,
            ended: false,
        }
    }

    fn add(&self, took: Duration, ending: Ending, answer_bytes: usize) {
        let add = |to: &AtomicU64, count: u64| to.fetch_add(count, Ordering::Relaxed);
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        add(&self.count, 1);
        if ending != Ending::Answered {
            add(&self.errors, 1);
        }
        if ending == Ending::Failed {
            add(&self.faults, 1);
        }
        if ending == Ending::Throttled {
            add(&self.throttled, 1);
        }
        add(&self.size_bytes, answer_bytes as u64);
        add(&self.total_us, took_us);
        self.max_us.fetch_max(took_us, Ordering::Relaxed);
        self.buckets.add(took_us);
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "durations of a minute have few digits"
    )]
    fn take(&self, minute: DateTime<Utc>, totals: &mut Totals) -> Option<OperationMinute> {
        let take = |of: &AtomicU64| of.swap(0, Ordering::Relaxed);
        let count = take(&self.count);
        if count == 0 {
            return None;
        }
        let taken = Totals {
            count,
            errors: take(&self.errors),
            faults: take(&self.faults),
            throttled: take(&self.throttled),
            total_us: take(&self.total_us),
            buckets: self.buckets.take(),
        };
        totals.add(&taken);
        Some(OperationMinute {
            name: self.name.clone(),
            minute,
            count,
            errors: taken.errors,
            faults: taken.faults,
            total_ms: taken.total_us as f64 / 1_000.0,
            max_ms: take(&self.max_us) as f64 / 1_000.0,
            bytes: take(&self.size_bytes),
            buckets: by_bound(&taken.buckets),
        })
    }

    /// Adds what was counted since it was last taken, and leaves it there.
    fn add_to(&self, totals: &mut Totals) {
        let read = |of: &AtomicU64| of.load(Ordering::Relaxed);
        totals.add(&Totals {
            count: read(&self.count),
            errors: read(&self.errors),
            faults: read(&self.faults),
            throttled: read(&self.throttled),
            total_us: read(&self.total_us),
            buckets: self.buckets.counts(),
        });
    }
}

impl Timing<'_> {
    /// Counts the operation, with the size of its answer.
    pub fn end(mut self, ending: Ending, answer_bytes: usize) {
        self.ended = true;
        self.figures.add(self.began.elapsed(), ending, answer_bytes);
    }
}

impl Drop for Timing<'_> {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        if !self.ended && took >= self.allowed {
            self.figures.add(took, Ending::Failed, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_what_was_counted_in_it() {
        let operations = Operations::default();
        let figures = operations.named("query notes");
        figures.add(Duration::from_millis(2), Ending::Answered, 10);
        figures.add(Duration::from_millis(4), Ending::Refused, 5);
        figures.add(Duration::from_millis(6), Ending::Failed, 0);
        operations.named("query chats");
        let now: DateTime<Utc> = "2026-01-01T10:01:00.2Z".parse().unwrap();
        let rows = operations.take(now);
        assert_eq!(rows.len(), 1, "what nobody asked for is no row: {rows:?}");
        let row = serde_json::to_value(&rows[0]).unwrap();
        assert_eq!(row["minute"], "2026-01-01T10:00:00Z");
        let of = |name: &str| row[name].as_f64();
        for (name, value) in [
            ("count", 3.0),
            ("errors", 2.0),
            ("faults", 1.0),
            ("total_ms", 12.0),
            ("max_ms", 6.0),
            ("bytes", 15.0),
        ] {
            assert_eq!(of(name), Some(value), "{name}");
        }
        assert!(operations.take(now).is_empty());
        operations.put_back(rows);
        assert_eq!(operations.take(now).len(), 1, "it waited");
    }

    #[test]
    fn totals_have_what_was_taken_and_what_was_not() {
        let operations = Operations::default();
        let figures = operations.named("query notes");
        figures.add(Duration::from_millis(2), Ending::Answered, 10);
        figures.add(Duration::from_millis(4), Ending::Failed, 5);
        let before = operations.totals();
        operations.take(Utc::now());
        assert_eq!(operations.totals(), before, "taking changes no total");
        figures.add(Duration::from_millis(2), Ending::Refused, 0);
        let after = operations.totals();
        assert_eq!((after.count, after.errors, after.faults), (3, 2, 1));
        assert_eq!(after.total_us, 8_000);
        let counted: u64 = after.by_bound().map(|(_, count)| count).sum();
        assert_eq!(counted, 3);
    }

    #[test]
    fn what_is_given_up_counts_when_it_took_too_long() {
        let figures = OperationFigures::default();
        drop(figures.timing(Instant::now(), Duration::from_secs(60)));
        assert_eq!(figures.count.load(Ordering::Relaxed), 0, "the client left");
        drop(figures.timing(Instant::now(), Duration::ZERO));
        assert_eq!(figures.faults.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_flood_is_no_fault_of_the_server() {
        let unavailable = || Error::new(Code::Unavailable, "later");
        for (error, ending) in [
            (Error::new(Code::RateLimited, "slower"), Ending::Throttled),
            (unavailable().over_share(), Ending::Throttled),
            (unavailable(), Ending::Failed),
            (Error::new(Code::Timeout, "too long"), Ending::Failed),
            (Error::bad_input("no"), Ending::Refused),
        ] {
            assert_eq!(Ending::of(&error), ending, "{error}");
        }
        let operations = Operations::default();
        let figures = operations.named("query notes");
        figures.add(Duration::from_millis(1), Ending::Throttled, 0);
        figures.add(Duration::from_millis(1), Ending::Failed, 0);
        let totals = operations.totals();
        assert_eq!((totals.errors, totals.faults, totals.throttled), (2, 1, 1));
        let rows = operations.take(Utc::now());
        assert_eq!((rows[0].errors, rows[0].faults), (2, 1));
        assert_eq!(operations.totals(), totals);
    }

    #[test]
    fn the_worse_ending_counts() {
        use Ending::{Answered, Failed, Refused, Throttled};
        for (one, other, both) in [
            (Answered, Answered, Answered),
            (Answered, Refused, Refused),
            (Refused, Answered, Refused),
            (Failed, Refused, Failed),
            (Refused, Failed, Failed),
            (Throttled, Refused, Throttled),
            (Failed, Throttled, Failed),
        ] {
            assert_eq!(one.and(other), both);
        }
    }
}
