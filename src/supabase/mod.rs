//! Supabase's own protocol: Phoenix channels over a WebSocket at `/realtime/v1/websocket`, and broadcasts over
//! HTTP at `/realtime/v1/api/broadcast`, such that an unmodified supabase-js works against this server.
//!
//! A socket is a [`connection`] (bytes) around a [`session`] (messages), which joins channels of
//! [`crate::realtime::channels`]. What differs from Supabase's server, on purpose: refusals of acknowledged broadcasts
//! are told to their sender; rights on private channels are checked again now and then; deletes are filtered
//! and authorised like other changes and carry the whole old row.

mod asked;
mod changes;
mod config;
mod connection;
mod filter;
pub mod frame;
mod handshake;
mod joined;
mod perform;
mod rate;
mod refusal;
mod rest;
mod row;
mod session;
mod sockets;
pub mod websocket;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::{
    auth::{Caller, Verifier},
    metrics::Metrics,
    realtime::{Hub, channels::Channels},
};
use refusal::Refusal;
use sockets::Sockets;

/// The server's side of the protocol. Cheap to clone.
#[derive(Clone)]
pub struct Supabase {
    server: Arc<Server>,
    proxies: u8,
}

struct Server {
    channels: Channels,
    hub: Hub,
    verifier: Arc<Verifier>,
    sockets: Arc<Sockets>,
    draining: AtomicBool,
}

impl Supabase {
    /// Serves `channels`, and the changes of `hub`, to callers whom `verifier` knows.
    pub fn new(channels: Channels, hub: Hub, verifier: Arc<Verifier>) -> Self {
        let sockets = Arc::new(Sockets::new(Duration::from_millis(
            channels.settings().realtime_idle_ms,
        )));
        tokio::spawn(sockets::watch(
            Arc::downgrade(&sockets),
            Arc::clone(verifier.sessions()),
        ));
        let server = Server {
            channels,
            hub,
            verifier,
            sockets,
            draining: AtomicBool::new(false),
        };
        Supabase {
            server: Arc::new(server),
            proxies: 0,
        }
    }

    /// The same behind so many reverse proxies, which say where requests come from.
    #[must_use]
    pub fn behind(self, proxies: u8) -> Self {
        Supabase { proxies, ..self }
    }

    /// The routes, to be merged into the server's own. They need no middleware but may have any that leaves
    /// upgrades alone.
    pub fn routes<S>(&self) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let body_limit =
            self.server.channels.settings().realtime_max_message_bytes as usize + 64 * 1024;
        Router::new()
            .route("/realtime/v1/websocket", get(handshake::open))
            .route("/realtime/v1/api/broadcast", post(rest::batch))
            .route(
                "/realtime/v1/api/broadcast/{topic}/events/{event}",
                post(rest::single),
            )
            .layer(DefaultBodyLimit::max(body_limit))
            .with_state(self.clone())
    }

    /// Returns when no socket is open any more.
    pub async fn finished(&self) {
        while self.connections() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many sockets are open.
    pub fn connections(&self) -> usize {
        self.server.sockets.count()
    }

    /// Takes no more sockets, and tells the open ones to reconnect (close code 1012), each at a moment of its
    /// own within `spread`. Returns when all have been told; they are gone within 5 seconds more.
    pub async fn drain(&self, spread: Duration) {
        self.server.draining.store(true, Ordering::Relaxed);
        self.server.sockets.drain(spread).await;
    }
}

impl Server {
    fn metrics(&self) -> &Arc<Metrics> {
        self.channels.metrics()
    }

    /// The caller of a token. Tokens come URL-encoded or with line breaks from some clients.
    async fn verify(&self, token: &str) -> Result<Arc<Caller>, Refusal> {
        let token: String = token
            .chars()
            .filter(|character| !character.is_whitespace())
            .collect();
        self.verifier
            .verify(&token)
            .await
            .map_err(|error| Refusal::token(&token, &error))
    }
}
