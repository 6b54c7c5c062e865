//! A figure that somebody else keeps, read whenever the metrics are asked for.

use std::collections::HashMap;

use prometheus::{
    core::{Collector, Desc},
    proto::{Gauge, LabelPair, Metric, MetricFamily, MetricType},
};

use super::family;

/// A gauge that is read from elsewhere.
pub(super) struct PolledGauge {
    name: String,
    help: String,
    label: Option<LabelPair>,
    description: Desc,
    read: Box<dyn Fn() -> usize + Send + Sync>,
}

impl PolledGauge {
    /// A gauge of that name.
    ///
    /// # Errors
    /// When the name is none.
    pub(super) fn new(
        name: &str,
        help: &str,
        label: Option<(&str, &str)>,
        read: impl Fn() -> usize + Send + Sync + 'static,
    ) -> Result<Self, prometheus::Error> {
        let pairs = label.into_iter();
        let constant: HashMap<String, String> = pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let description = Desc::new(name.to_owned(), help.to_owned(), Vec::new(), constant)?;
        let label = label.map(|(name, value)| {
            let mut label = LabelPair::default();
            label.set_name(name.to_owned());
            label.set_value(value.to_owned());
            label
        });
        Ok(PolledGauge {
            name: name.to_owned(),
            help: help.to_owned(),
            label,
            description,
            read: Box::new(read),
        })
    }
}

impl Collector for PolledGauge {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.description]
    }

    #[expect(clippy::cast_precision_loss, reason = "Prometheus counts in floats")]
    fn collect(&self) -> Vec<MetricFamily> {
        let mut gauge = Gauge::default();
        gauge.set_value((self.read)() as f64);
        let mut metric = Metric::default();
        metric.set_gauge(gauge);
        metric.set_label(self.label.iter().cloned().collect());
        vec![family(
            self.name.clone(),
            &self.help,
            MetricType::GAUGE,
            vec![metric],
        )]
    }
}
