//! The figures of operations, which the records count for themselves.

use std::{collections::HashMap, sync::Arc};

use prometheus::{
    core::{Collector, Desc},
    proto::{Counter, Metric, MetricFamily, MetricType},
};

use super::{family, histogram};
use crate::records::{Records, totals::Totals};

/// What every figure of this file begins with.
pub(super) const PREFIX: &str = "mindloom_operations_";

/// A counter: its name, what it is, how it is read.
type Figure = (&'static str, &'static str, fn(&Totals) -> u64);

const COUNTERS: [Figure; 4] = [
    (
        "total",
        "GraphQL operations that ended; of subscriptions, those that began",
        |totals| totals.count,
    ),
    (
        "errors_total",
        "Those of which something was refused or failed",
        |totals| totals.errors,
    ),
    (
        "faults_total",
        "Those that failed by the server's doing",
        |totals| totals.faults,
    ),
    (
        "throttled_total",
        "Those that were refused because their caller asked for more than its share, or faster than it may",
        |totals| totals.throttled,
    ),
];
const DURATIONS: (&str, &str) = ("duration_seconds", "How long operations took");

/// Reads the totals whenever the metrics are asked for.
pub(super) struct OperationCollector {
    records: Arc<Records>,
    descriptions: Vec<Desc>,
}

impl OperationCollector {
    /// Figures of the operations that go on these records.
    ///
    /// # Errors
    /// When a name is none, which is a fault of this file.
    pub(super) fn new(records: Arc<Records>) -> Result<Self, prometheus::Error> {
        let counters = COUNTERS.iter().map(|(name, help, _)| (*name, *help));
        let describe = |(name, help): (&str, &str)| {
            let name = format!("{PREFIX}{name}");
            Desc::new(name, help.to_owned(), Vec::new(), HashMap::new())
        };
        let figures = counters.chain([DURATIONS]);
        let descriptions = figures.map(describe).collect::<Result<_, _>>()?;
        Ok(OperationCollector {
            records,
            descriptions,
        })
    }
}

impl Collector for OperationCollector {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "Prometheus counts in floats")]
    fn collect(&self) -> Vec<MetricFamily> {
        let totals = self.records.operations.totals();
        let counter = |(name, help, read): Figure| {
            let mut counter = Counter::default();
            counter.set_value(read(&totals) as f64);
            let mut metric = Metric::default();
            metric.set_counter(counter);
            one((name, help), MetricType::COUNTER, metric)
        };
        let mut families: Vec<MetricFamily> = COUNTERS.into_iter().map(counter).collect();
        let mut metric = Metric::default();
        metric.set_histogram(histogram(totals.by_bound(), 0, totals.total_us));
        families.push(one(DURATIONS, MetricType::HISTOGRAM, metric));
        families
    }
}

fn one((name, help): (&str, &str), kind: MetricType, metric: Metric) -> MetricFamily {
    family(format!("{PREFIX}{name}"), help, kind, vec![metric])
}
