//! How long a socket or stream may live: as long as its caller's token, its session, and the server.

use std::{
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::Http;
use crate::auth::{Caller, SessionWatch};

/// Watches for the end of a caller's session and of the server. The end of the token is a time, see
/// [`Http::expiry`].
pub(super) struct Lifetime {
    over: Pin<Box<WaitForCancellationFutureOwned>>,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    is_stopping: bool,
    _watch: SessionWatch,
}

/// What ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The caller's session.
    Session,
    /// The server. Said once.
    Server,
}

impl Lifetime {
    /// `leaving` is cancelled when the socket is to leave.
    pub(super) fn new(http: &Http, caller: &Caller, leaving: &CancellationToken) -> Self {
        let watch = http.verifier.sessions().watch(caller);
        Lifetime {
            over: Box::pin(watch.over()),
            stopping: Box::pin(leaving.clone().cancelled_owned()),
            is_stopping: false,
            _watch: watch,
        }
    }

    /// Waits for an end. May be dropped and called again at will.
    pub(super) async fn end(&mut self) -> End {
        tokio::select! {
            biased;
            () = &mut self.over => End::Session,
            () = &mut self.stopping, if !self.is_stopping => {
                self.is_stopping = true;
                End::Server
            }
        }
    }
}

impl Http {
    /// When the caller's token ends for good.
    pub(super) fn expiry(&self, caller: &Arc<Caller>) -> Option<Instant> {
        let at = caller.expires_at? + self.verifier.leeway();
        let left = at
            .duration_since(SystemTime::now())
            .unwrap_or(Duration::ZERO);
        // A token for centuries would overflow the clock; it outlives every socket anyway.
        Instant::now().checked_add(left)
    }
}
