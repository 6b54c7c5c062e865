//! Figures about the running server, in Prometheus' text format.
//!
//! Each part adds the figures that it keeps. Counters only grow; a name ends in its unit or in `_total`. Labels come
//! from closed lists, so that no client can make the list of series grow.

mod families;
mod lanes;
mod operations;
mod polled;
mod reading;
mod sampler;

use std::sync::Arc;

use prometheus::{Registry, TextEncoder, core::Collector, proto::MetricFamily};

use crate::{db::Db, memory::resident_bytes, records::Records};
use lanes::LaneCollector;
use operations::OperationCollector;
use polled::PolledGauge;

pub use families::{family, histogram};
pub use reading::{Gauges, Measured};
pub use sampler::{Sampler, Watcher};

/// The figures of one server.
#[derive(Debug, Default)]
pub struct Metrics {
    registry: Registry,
}

impl Metrics {
    /// Adds figures that somebody keeps.
    ///
    /// # Errors
    /// When one of the name was added before.
    pub fn register(&self, figures: impl Collector + 'static) -> Result<(), prometheus::Error> {
        self.registry.register(Box::new(figures))
    }

    /// The same, and returns them to be counted with.
    ///
    /// # Errors
    /// When one of the name was added before.
    pub fn add<C: Collector + Clone + 'static>(&self, figure: C) -> Result<C, prometheus::Error> {
        self.register(figure.clone())?;
        Ok(figure)
    }

    /// Adds a figure that is read whenever the metrics are asked for: its name, what it is, its label if it has one.
    ///
    /// # Errors
    /// When one of the name was added before.
    pub fn poll(
        &self,
        name: &str,
        help: &str,
        label: Option<(&str, &str)>,
        read: impl Fn() -> usize + Send + Sync + 'static,
    ) -> Result<(), prometheus::Error> {
        self.register(PolledGauge::new(name, help, label, read)?)
    }

    /// Adds the figures of the lanes before the database.
    ///
    /// # Errors
    /// When they were added before.
    pub fn watch_lanes(&self, db: Db) -> Result<(), prometheus::Error> {
        self.register(LaneCollector::new(db)?)
    }

    /// Adds the figures of operations.
    ///
    /// # Errors
    /// When they were added before.
    pub fn watch_operations(&self, records: Arc<Records>) -> Result<(), prometheus::Error> {
        self.register(OperationCollector::new(records)?)
    }

    /// Adds what the process takes, where the system says it.
    ///
    /// # Errors
    /// When it was added before.
    pub fn watch_memory(&self) -> Result<(), prometheus::Error> {
        const HELP: &str = "Memory of the process";
        match resident_bytes() {
            Some(_) => self.poll("process_resident_memory_bytes", HELP, None, || {
                resident_bytes().unwrap_or_default()
            }),
            None => Ok(()),
        }
    }

    /// All figures.
    fn gather(&self) -> Vec<MetricFamily> {
        self.registry.gather()
    }

    /// All figures in Prometheus' text format.
    ///
    /// # Errors
    /// When a figure cannot be written as text.
    pub fn render(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.gather())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_parts_add_is_rendered_with_names_labels_and_values() {
        let metrics = Metrics::default();
        let label = Some(("transport", "supabase"));
        metrics.poll("open", "What is open", label, || 3).unwrap();
        metrics.poll("plain", "What is plain", None, || 0).unwrap();
        let text = metrics.render().unwrap();
        assert!(text.contains("open{transport=\"supabase\"} 3"), "{text}");
        assert!(text.contains("plain 0"), "{text}");
        assert!(metrics.poll("plain", "Again", None, || 1).is_err());
    }
}
