//! A figure that somebody else keeps, read whenever the metrics are asked for.

use std::collections::HashMap;

use prometheus::{
    core::{Collector, Desc},
    proto::{Gauge, Metric, MetricFamily, MetricType},
};

/// A gauge that is read from elsewhere.
pub(super) struct Polled {
    name: String,
    help: &'static str,
    description: Desc,
    read: Box<dyn Fn() -> usize + Send + Sync>,
}

impl Polled {
    /// A gauge of that name.
    ///
    /// # Errors
    /// When the name is none.
    pub(super) fn new(
        name: String,
        help: &'static str,
        read: impl Fn() -> usize + Send + Sync + 'static,
    ) -> Result<Self, prometheus::Error> {
        let description = Desc::new(name.clone(), help.to_owned(), Vec::new(), HashMap::new())?;
        Ok(Polled {
            name,
            help,
            description,
            read: Box::new(read),
        })
    }
}

impl Collector for Polled {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.description]
    }

    #[expect(clippy::cast_precision_loss, reason = "Prometheus counts in floats")]
    fn collect(&self) -> Vec<MetricFamily> {
        let mut gauge = Gauge::default();
        gauge.set_value((self.read)() as f64);
        let mut metric = Metric::default();
        metric.set_gauge(gauge);
        let mut family = MetricFamily::default();
        family.set_name(self.name.clone());
        family.set_help(self.help.to_owned());
        family.set_field_type(MetricType::GAUGE);
        family.set_metric(vec![metric]);
        vec![family]
    }
}
