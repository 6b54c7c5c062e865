//! Some of the figures at a moment, and what they say of the time between two.

use std::time::Instant;

use chrono::{DateTime, Utc};
use prometheus::proto::{Metric, MetricFamily, MetricType};

/// The figures at a moment, as the registry tells them.
#[derive(Debug)]
pub(super) struct Reading {
    at: Instant,
    at_utc: DateTime<Utc>,
    operations: f64,
    errors: f64,
    faults: f64,
    throttled: f64,
    /// Upper bounds in seconds, and how many took at most so long.
    durations: Vec<(f64, u64)>,
    changes: f64,
    events: f64,
    attempts_begun: f64,
    attempts_ended: f64,
    now: Gauges,
}

/// What is so at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gauges {
    /// Open WebSockets and event streams, of all protocols.
    pub sockets: f64,
    /// Subscriptions to changes and channels, and live queries.
    pub subscriptions: f64,
    /// Requests that wait for their turn at the database.
    pub waiting: f64,
    /// Connections that requests use.
    pub connections_used: f64,
    /// Connections that they may use at once.
    pub connections: f64,
    /// Bytes of answers that clients have not read yet.
    pub unread_bytes: f64,
    /// The memory of the process in bytes, where the system says it.
    pub memory_bytes: Option<f64>,
}

/// How a server fared between two moments.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The later one.
    pub at: DateTime<Utc>,
    /// The time between them, in milliseconds.
    pub over_ms: f64,
    /// Operations a second.
    pub operations: f64,
    /// Those a second of which something was refused or failed.
    pub errors: f64,
    /// Those a second that failed by the server's doing.
    pub faults: f64,
    /// Those a second that were refused because their caller asked for more than its share, or too fast.
    pub throttled: f64,
    /// Within which time half of them were answered, in milliseconds; nothing without any.
    pub p50_ms: Option<f64>,
    /// Within which time 99 of 100 were.
    pub p99_ms: Option<f64>,
    /// Changes of rows a second that the server read from the log.
    pub changes: f64,
    /// Changes a second that were handed to subscribers, one per subscriber.
    pub events: f64,
    /// Attempts at jobs a second that began here.
    pub attempts_begun: f64,
    /// Attempts a second that ended.
    pub attempts_ended: f64,
    /// What is so now.
    pub now: Gauges,
}

impl Reading {
    /// Of what the registry gathered just now.
    pub(super) fn of(families: &[MetricFamily]) -> Self {
        let sum = |name: &str| sum(families, name);
        let total = |names: &[&str]| names.iter().filter_map(|name| sum(name)).sum::<f64>();
        let counter = |name: &str| sum(name).unwrap_or_default();
        Reading {
            at: Instant::now(),
            at_utc: Utc::now(),
            operations: counter("mindloom_operations_total"),
            errors: counter("mindloom_operations_errors_total"),
            faults: counter("mindloom_operations_faults_total"),
            throttled: counter("mindloom_operations_throttled_total"),
            durations: durations(families, "mindloom_operations_duration_seconds"),
            changes: counter("mindloom_realtime_changes_in_total"),
            events: counter("mindloom_realtime_change_events_out_total"),
            attempts_begun: counter("mindloom_jobs_taken_total"),
            attempts_ended: counter("mindloom_jobs_ended_total"),
            now: Gauges {
                sockets: total(&[
                    "mindloom_realtime_graphql_connections",
                    "mindloom_realtime_connections",
                ]),
                subscriptions: total(&[
                    "mindloom_realtime_change_subscriptions",
                    "mindloom_realtime_live_queries",
                    "mindloom_realtime_subscriptions",
                ]),
                waiting: total(&["mindloom_database_lane_waiting"]),
                connections_used: total(&["mindloom_database_lane_running"]),
                connections: total(&["mindloom_database_lane_places"]),
                unread_bytes: total(&["mindloom_answers_unread_bytes"]),
                memory_bytes: sum("process_resident_memory_bytes"),
            },
        }
    }

    /// What happened since an earlier reading.
    pub(super) fn since(&self, earlier: &Reading) -> Measured {
        let seconds = (self.at - earlier.at).as_secs_f64().max(1e-3);
        let rate = |read: fn(&Reading) -> f64| ((read(self) - read(earlier)) / seconds).max(0.0);
        let quantile = |part| self.quantile_since(earlier, part).map(|bound| bound * 1e3);
        Measured {
            at: self.at_utc,
            over_ms: (seconds * 1e3).round(),
            operations: rate(|reading| reading.operations),
            errors: rate(|reading| reading.errors),
            faults: rate(|reading| reading.faults),
            throttled: rate(|reading| reading.throttled),
            p50_ms: quantile(0.5),
            p99_ms: quantile(0.99),
            changes: rate(|reading| reading.changes),
            events: rate(|reading| reading.events),
            attempts_begun: rate(|reading| reading.attempts_begun),
            attempts_ended: rate(|reading| reading.attempts_ended),
            now: self.now,
        }
    }

    /// The bound below which a part of the durations since then lie, in seconds.
    #[expect(
        clippy::cast_precision_loss,
        reason = "nobody counts so many operations"
    )]
    fn quantile_since(&self, earlier: &Reading, part: f64) -> Option<f64> {
        let before = |place: usize| earlier.durations.get(place).map_or(0, |(_, count)| *count);
        let since: Vec<(f64, u64)> = self
            .durations
            .iter()
            .enumerate()
            .map(|(place, (bound, count))| (*bound, count.saturating_sub(before(place))))
            .collect();
        let (_, all) = *since.last().filter(|(_, count)| *count > 0)?;
        let wanted = all as f64 * part;
        since
            .iter()
            .find(|(_, count)| *count as f64 >= wanted)
            .map(|(bound, _)| *bound)
    }
}

/// The sum of a family's series; nothing where there is none of the name.
fn sum(families: &[MetricFamily], name: &str) -> Option<f64> {
    let family = families.iter().find(|family| family.name() == name)?;
    let value = |metric: &Metric| match family.get_field_type() {
        MetricType::COUNTER => metric.get_counter().get_value(),
        _ => metric.get_gauge().get_value(),
    };
    Some(family.get_metric().iter().map(value).sum())
}

fn durations(families: &[MetricFamily], name: &str) -> Vec<(f64, u64)> {
    let family = families.iter().find(|family| family.name() == name);
    let metric = family.and_then(|family| family.get_metric().first());
    let buckets = metric.map(|metric| metric.get_histogram().get_bucket().to_vec());
    let buckets = buckets.unwrap_or_default();
    buckets
        .iter()
        .map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()))
        .collect()
}
