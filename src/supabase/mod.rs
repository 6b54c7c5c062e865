//! Supabase's own protocol: Phoenix channels over a WebSocket at `/realtime/v1/websocket`, and broadcasts over
//! HTTP at `/realtime/v1/api/broadcast`, such that an unmodified supabase-js works against this server.
//!
//! A socket is a `connection` (bytes) around a `session` (messages), which joins channels of
//! [`crate::realtime::channels`]. What differs from Supabase's server, on purpose: refusals of acknowledged broadcasts
//! are told to their sender; rights on private channels are checked again now and then; deletes are filtered
//! and authorised like other changes and carry the whole old row.

mod asked;
pub mod auth;
mod changes;
mod channel;
mod config;
mod connection;
mod filter;
pub mod frame;
pub mod functions;
mod handshake;
mod perform;
mod rate;
mod refusal;
mod rest;
mod row;
mod session;
mod socket;
pub mod storage;
pub mod tables;
pub mod websocket;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::{
    auth::{Caller, Verifier},
    error::Error,
    http::Sockets,
    realtime::{
        Hub,
        channels::{Channels, Figures},
    },
};
use refusal::Refusal;
use socket::Watch;

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
    watch: Arc<Watch>,
}

impl Supabase {
    /// Serves `channels`, and the changes of `hub`, to callers whom `verifier` knows, over sockets among `sockets`.
    pub fn new(
        channels: Channels,
        hub: Hub,
        verifier: Arc<Verifier>,
        sockets: Arc<Sockets>,
    ) -> Self {
        let idle = Duration::from_millis(channels.settings().realtime_idle_ms);
        let server = Server {
            watch: Watch::new(idle, Arc::clone(verifier.sessions())),
            channels,
            hub,
            verifier,
            sockets,
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
}

impl Server {
    fn figures(&self) -> &Arc<Figures> {
        self.channels.figures()
    }

    /// The caller of a token. Tokens come URL-encoded or with line breaks from some clients.
    async fn caller(&self, token: &str) -> Result<Arc<Caller>, Error> {
        let is_part = |character: &char| !character.is_whitespace();
        let token: String = token.chars().filter(is_part).collect();
        self.verifier.verify(&token).await
    }

    /// The same, refused in the words of Supabase's server.
    async fn verify(&self, token: &str) -> Result<Arc<Caller>, Refusal> {
        let caller = self.caller(token).await;
        caller.map_err(|error| Refusal::token(token, &error))
    }
}
