//! The figures of the change log, which the hub counts for itself.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use prometheus::{
    IntGauge,
    core::{Collector, Desc},
    proto::{Counter, Gauge, Histogram, Metric, MetricFamily, MetricType},
};

use super::hub::Hub;
use super::stats::{LAG_BUCKETS_US, Stats};
use crate::{
    db::Db,
    metrics::{Metrics, family, histogram},
    tasks::{Every, Tasks},
};

/// How often the log is measured.
const MEASURE_EVERY: Duration = Duration::from_secs(30);

/// Reads the hub's counters whenever the metrics are asked for.
struct ChangeFigures {
    hub: Hub,
    descriptions: Vec<Desc>,
}

const PREFIX: &str = "mindloom_realtime_";
const LAG: (&str, &str) = (
    "commit_to_delivery_seconds",
    "From a change's commit to its hand-over to a subscriber",
);
const POSITION: (&str, &str) = (
    "reader_position",
    "The highest number of the change log that was handed on",
);

/// Adds what a hub counts, and the size of the log that it reads.
///
/// # Errors
/// When they were added before.
pub(super) fn register(
    metrics: &Metrics,
    hub: Hub,
    db: &Db,
    tasks: &Tasks,
) -> Result<(), prometheus::Error> {
    metrics.register(ChangeFigures::new(hub)?)?;
    let size = metrics.add(IntGauge::new(
        "mindloom_realtime_log_size_bytes",
        "Change log with its indexes",
    )?)?;
    let db = db.clone();
    tasks.every(
        "size of the change log",
        Every::from_now(MEASURE_EVERY),
        move || measure_log(db.clone(), size.clone()),
    );
    Ok(())
}

type Figure = (&'static str, &'static str, fn(&Stats) -> &AtomicU64);

const COUNTERS: [Figure; 4] = [
    (
        "changes_in_total",
        "Changes that the reader took out of the log",
        |stats| &stats.changes_in,
    ),
    (
        "change_events_out_total",
        "Changes handed to subscribers, one per subscriber",
        |stats| &stats.events_out,
    ),
    (
        "change_subscribers_cut_total",
        "Subscribers to changes that read too slowly",
        |stats| &stats.slow_clients,
    ),
    ("live_runs_total", "Runs of live queries", |stats| {
        &stats.live_runs
    }),
];
const GAUGES: [Figure; 2] = [
    (
        "change_subscriptions",
        "Open subscriptions to changes",
        |stats| &stats.subscriptions,
    ),
    ("live_queries", "Open live queries", |stats| {
        &stats.live_queries
    }),
];

impl ChangeFigures {
    /// Figures of a hub.
    ///
    /// # Errors
    /// When a name is none, which is a fault of this file.
    fn new(hub: Hub) -> Result<Self, prometheus::Error> {
        let figures = COUNTERS
            .iter()
            .chain(&GAUGES)
            .map(|(name, help, _)| (*name, *help))
            .chain([LAG, POSITION]);
        let describe = |(name, help): (&str, &str)| {
            Desc::new(
                format!("{PREFIX}{name}"),
                help.to_owned(),
                Vec::new(),
                std::collections::HashMap::new(),
            )
        };
        let descriptions = figures.map(describe).collect::<Result<_, _>>()?;
        Ok(ChangeFigures { hub, descriptions })
    }
}

impl Collector for ChangeFigures {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "Prometheus counts in floats")]
    fn collect(&self) -> Vec<MetricFamily> {
        let stats = self.hub.stats();
        let mut families = Vec::new();
        for (name, help, read) in COUNTERS {
            let mut counter = Counter::default();
            counter.set_value(read(stats).load(Ordering::Relaxed) as f64);
            let mut metric = Metric::default();
            metric.set_counter(counter);
            families.push(one((name, help), MetricType::COUNTER, metric));
        }
        for (name, help, read) in GAUGES {
            families.push(gauge(
                (name, help),
                read(stats).load(Ordering::Relaxed) as f64,
            ));
        }
        families.push(gauge(
            POSITION,
            stats.last_seq.load(Ordering::Relaxed) as f64,
        ));
        let mut metric = Metric::default();
        metric.set_histogram(lag(stats));
        families.push(one(LAG, MetricType::HISTOGRAM, metric));
        families
    }
}

fn gauge(figure: (&str, &str), value: f64) -> MetricFamily {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    let mut metric = Metric::default();
    metric.set_gauge(gauge);
    one(figure, MetricType::GAUGE, metric)
}

fn lag(stats: &Stats) -> Histogram {
    let mut counts = stats.lag.iter().map(|count| count.load(Ordering::Relaxed));
    let by_bound: Vec<_> = LAG_BUCKETS_US.into_iter().zip(counts.by_ref()).collect();
    let total_us = stats.lag_sum_us.load(Ordering::Relaxed);
    histogram(by_bound, counts.sum(), total_us)
}

fn one((name, help): (&str, &str), kind: MetricType, metric: Metric) -> MetricFamily {
    family(format!("{PREFIX}{name}"), help, kind, vec![metric])
}

/// Measures the log's partitions. While the database does not say, the figure stays.
async fn measure_log(db: Db, size: IntGauge) -> Result<(), Infallible> {
    const SIZE: &str = "select coalesce(sum(pg_total_relation_size(inhrelid)), 0)::bigint
                        from pg_inherits where inhparent = 'realtime.changes'::regclass";
    let Ok(client) = db.system().await else {
        return Ok(());
    };
    match client.query_one(SIZE, &[]).await {
        Ok(row) => size.set(row.get(0)),
        Err(error) => tracing::debug!(%error, "the size of the change log is not known"),
    }
    Ok(())
}
