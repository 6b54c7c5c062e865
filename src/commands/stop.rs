//! The signals that end the server.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::http::Leaving;

/// See the module.
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Stop {
    /// From now on they end nothing by themselves.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next of them; whether it is SIGTERM, by which services are told to end.
    pub(super) async fn asked(&mut self) -> bool {
        tokio::select! {
            _ = self.interrupt.recv() => false,
            _ = self.terminate.recv() => true,
            _ = self.hang_up.recv() => false,
        }
    }

    /// Waits to be asked, has that said, and after SIGTERM goes on for the time that load balancers need; whether it
    /// was asked again meanwhile.
    pub(super) async fn leave(&mut self, leaving: &Leaving, delay: Duration) -> bool {
        let is_service = self.asked().await;
        leaving.soon.cancel();
        if !is_service || delay.is_zero() {
            return false;
        }
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(delay_ms, "stopping soon: /readyz says so");
        tokio::select! {
            () = tokio::time::sleep(delay) => false,
            _ = self.asked() => true,
        }
    }

    /// Waits to be asked again, unless that was so already.
    pub(super) async fn hurried(&mut self, already: bool) {
        if !already {
            self.asked().await;
        }
    }
}
