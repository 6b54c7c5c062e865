//! What the channels and their clients are counted by.

use prometheus::{IntCounter, IntCounterVec, IntGaugeVec, Opts};

use crate::metrics::Metrics;

/// The figures, registered once.
#[derive(Debug)]
pub struct Figures {
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
}

impl Figures {
    /// Adds them to the figures of the server, all zero.
    ///
    /// # Errors
    /// When they were added before.
    pub fn register(metrics: &Metrics) -> Result<Self, prometheus::Error> {
        let counters = |name, help, label: &str| {
            let options = Opts::new(format!("mindloom_realtime_{name}"), help);
            metrics.add(IntCounterVec::new(options, &[label])?)
        };
        let subscriptions = Opts::new("mindloom_realtime_subscriptions", "Open subscriptions");
        let refused = IntCounter::new(
            "mindloom_realtime_refused_total",
            "Joins and handshakes that were refused",
        );
        Ok(Figures {
            subscriptions: metrics.add(IntGaugeVec::new(subscriptions, &["kind"])?)?,
            events_in: counters("events_in_total", "Events that arrived", "kind")?,
            events_out: counters(
                "events_out_total",
                "Events handed to subscribers, one per subscriber",
                "kind",
            )?,
            dropped: counters("dropped_total", "What did not reach somebody", "reason")?,
            refused: metrics.add(refused?)?,
        })
    }
}
