//! What the transports are counted by.

use std::sync::Arc;

use super::{Http, Protocol};
use crate::metrics::Metrics;

impl Http {
    /// Adds the figures of sockets and streams to those of the server.
    ///
    /// # Errors
    /// When they were added before.
    pub fn register(self: &Arc<Self>, metrics: &Metrics) -> Result<(), prometheus::Error> {
        let poll = |name, help, label, read: fn(&Http) -> usize| {
            let http = Arc::clone(self);
            let name = format!("mindloom_realtime_{name}");
            metrics.poll(&name, help, label, move || read(&http))
        };
        poll(
            "connections",
            "Open realtime connections",
            Some(("transport", "supabase")),
            |http| http.sockets.open(Protocol::Supabase),
        )?;
        poll(
            "graphql_connections",
            "Open WebSockets and event streams of GraphQL",
            None,
            |http| http.sockets.open(Protocol::Graphql),
        )?;
        poll(
            "graphql_operations",
            "Operations that run on them",
            None,
            |http| http.running.count(),
        )?;
        poll(
            "graphql_cut",
            "Those that were cut off because they did not read",
            None,
            |http| http.sockets.cut(),
        )?;
        let unread = Arc::clone(&self.unread);
        metrics.poll(
            "mindloom_answers_unread_bytes",
            "Bytes of large answers that clients have not read yet",
            None,
            move || unread.bytes(),
        )?;
        let unread = Arc::clone(&self.unread);
        metrics.poll(
            "mindloom_answers_unread_refused",
            "Answers and requests that were refused because too many bytes are unread",
            None,
            move || usize::try_from(unread.refused()).unwrap_or(usize::MAX),
        )
    }
}
