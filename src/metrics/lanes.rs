//! The figures of the lanes before the pools of requests.

use std::collections::HashMap;

use prometheus::{
    core::{Collector, Desc},
    proto::{Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType},
};

use super::family;
use crate::db::{Db, Lane, LaneFigures};

const PREFIX: &str = "mindloom_database_lane_";
const LABELS: [&str; 2] = ["lane", "pool"];
/// The pools, and whether each is for transactions of several steps.
const POOLS: [(&str, bool); 2] = [("requests", false), ("transactions", true)];

/// A figure: its name, what it is, its type, how it is read.
type Figure = (
    &'static str,
    &'static str,
    MetricType,
    fn(LaneFigures) -> u64,
);

const FIGURES: [Figure; 4] = [
    (
        "waiting",
        "Requests that wait for their turn at the database",
        MetricType::GAUGE,
        |figures| figures.waiting as u64,
    ),
    (
        "running",
        "Requests that use a connection",
        MetricType::GAUGE,
        |figures| figures.running as u64,
    ),
    (
        "places",
        "Connections that requests of the lane may use at once",
        MetricType::GAUGE,
        |figures| figures.places as u64,
    ),
    (
        "refused_total",
        "Requests that were refused because they would have waited too long",
        MetricType::COUNTER,
        |figures| figures.refused,
    ),
];

/// Reads the lanes' figures whenever the metrics are asked for.
pub(super) struct LaneCollector {
    db: Db,
    descriptions: Vec<Desc>,
}

impl LaneCollector {
    /// Figures of a database's lanes.
    ///
    /// # Errors
    /// When a name is none, which is a fault of this file.
    pub(super) fn new(db: Db) -> Result<Self, prometheus::Error> {
        let describe = |(name, help, ..): &Figure| {
            let labels = LABELS.map(str::to_owned).to_vec();
            let name = format!("{PREFIX}{name}");
            Desc::new(name, (*help).to_owned(), labels, HashMap::new())
        };
        let descriptions = FIGURES.iter().map(describe).collect::<Result<_, _>>()?;
        Ok(LaneCollector { db, descriptions })
    }
}

impl Collector for LaneCollector {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let figure = |(name, help, kind, read): Figure| {
            let mut metrics = Vec::new();
            for (pool, transactions) in POOLS {
                for lane in Lane::ALL {
                    let value = read(self.db.lane(transactions, lane));
                    metrics.push(metric((lane.as_str(), pool), kind, value));
                }
            }
            family(format!("{PREFIX}{name}"), help, kind, metrics)
        };
        FIGURES.into_iter().map(figure).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus counts in floats")]
fn metric((lane, pool): (&str, &str), kind: MetricType, value: u64) -> Metric {
    let labels = LABELS.into_iter().zip([lane, pool]).map(|(name, value)| {
        let mut label = LabelPair::default();
        label.set_name(name.to_owned());
        label.set_value(value.to_owned());
        label
    });
    let mut metric = Metric::default();
    metric.set_label(labels.collect());
    if kind == MetricType::COUNTER {
        let mut counter = Counter::default();
        counter.set_value(value as f64);
        metric.set_counter(counter);
    } else {
        let mut gauge = Gauge::default();
        gauge.set_value(value as f64);
        metric.set_gauge(gauge);
    }
    metric
}
