//! Figures about the running server, in Prometheus' text format; [`start`] says where they are read.
//!
//! Every figure is a field of [`Metrics`], registered once. Counters only grow; a name ends in its unit or
//! in `_total`. Labels come from closed lists, so that no client can make the list of series grow.

mod changes;
mod lanes;
mod polled;
mod served;

use std::sync::Arc;

use prometheus::{
    IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder, core::Collector,
};

use crate::{db::Db, http::Http, realtime::Hub};
use changes::ChangeFigures;
use lanes::LaneCollector;
use polled::Polled;
pub use served::{routes, start};

/// A figure of the transports: its name, what it is, how it is read.
type Figure = (&'static str, &'static str, fn(&Http) -> usize);

/// The figures. One value per process, shared by reference.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Open connections, by `transport`: `supabase`. GraphQL's are a figure of [`Metrics::watch_graphql`].
    pub connections: IntGaugeVec,
    /// Open subscriptions, by `kind`: `broadcast`, `presence`.
    pub subscriptions: IntGaugeVec,
    /// Events that arrived, by `kind`: `broadcast`, `database_message`, `presence`, `relay`.
    pub events_in: IntCounterVec,
    /// Events handed to subscribers, one per subscriber, by `kind`: `broadcast`, `presence`.
    pub events_out: IntCounterVec,
    /// What did not reach somebody, by `reason`: `slow_client`, `rate_limit`, `too_large`, `unauthorized`,
    /// `relay_overflow`, `relay_gap`.
    pub dropped: IntCounterVec,
    /// Joins and handshakes that were refused.
    pub refused: IntCounter,
    /// Bytes of the change log with its indexes.
    pub log_size_bytes: IntGauge,
}

impl Metrics {
    /// A fresh set of figures, all zero.
    ///
    /// # Errors
    /// When two figures have one name, which is a fault of this file.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        Ok(Metrics {
            connections: register(
                &registry,
                gauges("connections", "Open realtime connections", "transport")?,
            )?,
            subscriptions: register(
                &registry,
                gauges("subscriptions", "Open subscriptions", "kind")?,
            )?,
            events_in: register(
                &registry,
                counters("events_in_total", "Events that arrived", "kind")?,
            )?,
            events_out: register(
                &registry,
                counters(
                    "events_out_total",
                    "Events handed to subscribers, one per subscriber",
                    "kind",
                )?,
            )?,
            dropped: register(
                &registry,
                counters("dropped_total", "What did not reach somebody", "reason")?,
            )?,
            refused: register(
                &registry,
                IntCounter::new(
                    "mindloom_realtime_refused_total",
                    "Joins and handshakes that were refused",
                )?,
            )?,
            log_size_bytes: register(
                &registry,
                IntGauge::new(
                    "mindloom_realtime_log_size_bytes",
                    "Change log with its indexes",
                )?,
            )?,
            registry,
        })
    }

    /// Adds the figures of the change log: what the hub counts, and from now on the log's size.
    ///
    /// # Errors
    /// When they were added before.
    pub fn watch_changes(&self, hub: Hub, db: Db) -> Result<(), prometheus::Error> {
        self.registry.register(Box::new(ChangeFigures::new(hub)?))?;
        tokio::spawn(changes::measure_log(db, self.log_size_bytes.clone()));
        Ok(())
    }

    /// Adds the figures of the lanes before the database.
    ///
    /// # Errors
    /// When they were added before.
    pub fn watch_lanes(&self, db: Db) -> Result<(), prometheus::Error> {
        self.registry.register(Box::new(LaneCollector::new(db)?))
    }

    /// Adds the figures of GraphQL's WebSockets and event streams.
    ///
    /// # Errors
    /// When they were added before.
    pub fn watch_graphql(&self, http: &Arc<Http>) -> Result<(), prometheus::Error> {
        let figures: [Figure; 3] = [
            (
                "connections",
                "Open WebSockets and event streams of GraphQL",
                |http| http.connections().open(),
            ),
            ("operations", "Operations that run on them", |http| {
                http.connections().operations()
            }),
            (
                "cut",
                "Those that were cut off because they did not read",
                |http| http.connections().cut(),
            ),
        ];
        for (name, help, read) in figures {
            let http = Arc::clone(http);
            let name = format!("mindloom_realtime_graphql_{name}");
            self.registry
                .register(Box::new(Polled::new(name, help, move || read(&http))?))?;
        }
        Ok(())
    }

    /// All figures in Prometheus' text format.
    ///
    /// # Errors
    /// When a figure cannot be written as text.
    pub fn render(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

fn register<C: Collector + Clone + 'static>(
    registry: &Registry,
    figure: C,
) -> Result<C, prometheus::Error> {
    registry.register(Box::new(figure.clone()))?;
    Ok(figure)
}

fn gauges(name: &str, help: &str, label: &str) -> Result<IntGaugeVec, prometheus::Error> {
    IntGaugeVec::new(
        Opts::new(format!("mindloom_realtime_{name}"), help),
        &[label],
    )
}

fn counters(name: &str, help: &str, label: &str) -> Result<IntCounterVec, prometheus::Error> {
    IntCounterVec::new(
        Opts::new(format!("mindloom_realtime_{name}"), help),
        &[label],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_names_labels_and_values() {
        let metrics = Metrics::new().unwrap();
        metrics
            .events_out
            .with_label_values(&["broadcast"])
            .inc_by(3);
        let text = metrics.render().unwrap();
        assert!(
            text.contains("mindloom_realtime_events_out_total{kind=\"broadcast\"} 3"),
            "{text}"
        );
        assert!(
            text.contains("mindloom_realtime_log_size_bytes 0"),
            "{text}"
        );
    }
}
