//! Serves HTTP/1.1 and HTTP/2 on one port, and lets nobody hold it up.
//!
//! Each connection has a [`watch::Watch`], which knows what it is waited for, and since when: a request's head, the next
//! request, the client that does not read. A body that does not come in time fails the request that reads it
//! ([`body::TimedOut`]). Who may connect is the [`gate::Gate`]'s: so many in all, so many from one address; when room
//! gets scarce, the connections that were idle the longest go. Some seats are kept for those who ask how the server is.

mod accept;
pub(crate) mod body;
mod connection;
mod descriptors;
mod gate;
mod refuse;
mod stream;
mod watch;

pub use descriptors::raise_descriptors;
pub(crate) use stream::Stream;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::{Request, header},
};
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{body::Pace, gate::Gate, watch::Clock};
use crate::config::Settings;

/// The paths that are answered when nothing else is.
const ALWAYS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
/// Where files come in.
const UPLOADS: [&str; 2] = ["/storage/v1/object/", "/storage/v1/upload/"];
/// How long one of the seats that are kept may be waited on for its request.
const KEPT_HEADER_MS: u64 = 2_000;
/// Streams that a client of HTTP/2 opened and reset at once: more that wait end the connection.
const RESETS_MAX: usize = 20;
/// Streams that the server had to reset for a client's faults, before it ends the connection.
const FAULTS_MAX: usize = 256;

/// When the server ends.
#[derive(Debug, Clone, Default)]
pub struct Leaving {
    /// Cancelled when the server has been told to stop: it serves, and says that it should not be sent more.
    pub soon: CancellationToken,
    /// Cancelled when it takes no more.
    pub now: CancellationToken,
}

/// What all connections share.
struct Shared {
    router: Router,
    builder: Builder<TokioExecutor>,
    gate: Arc<Gate>,
    clock: Clock,
    leaving: Leaving,
    times: Times,
}

/// How long what may take.
#[derive(Debug, Clone, Copy)]
struct Times {
    header_ms: u64,
    idle_ms: u64,
    stall_ms: u64,
    body: Duration,
    upload_min_bytes_per_s: u64,
}

impl Times {
    /// How long the body of a request may take: one that brings a file takes as long as the file is large.
    fn pace<B>(&self, request: &Request<B>) -> Pace {
        let is_upload = UPLOADS
            .iter()
            .any(|path| request.uri().path().starts_with(path));
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_form = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        Pace {
            within: self.body,
            min_bytes_per_s: (is_upload || is_form).then_some(self.upload_min_bytes_per_s),
        }
    }
}

/// Serves until [`Leaving::now`], then until the last connection is done; sockets that were upgraded are not waited for.
pub async fn serve(listener: TcpListener, router: Router, settings: &Settings, leaving: Leaving) {
    let connections = &settings.connections;
    let ping = Duration::from_millis(connections.http2_ping_ms);
    let mut builder = Builder::new(TokioExecutor::new());
    // Heads are timed by the watch, which tells waiting for a head from waiting for the next request.
    builder.http1().header_read_timeout(None::<Duration>);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(ping)
        .keep_alive_timeout(ping)
        .max_concurrent_streams(connections.max_streams)
        .max_pending_accept_reset_streams(RESETS_MAX)
        .max_local_error_reset_streams(FAULTS_MAX)
        // For WebSockets over HTTP/2.
        .enable_connect_protocol();
    let clock = Clock::start();
    let max = descriptors::max_connections(settings);
    let per_address = connections.per_address(settings.transports.proxies);
    tracing::debug!(max, per_address, "connections allowed");
    let shared = Arc::new(Shared {
        gate: Gate::new(max, per_address),
        router,
        builder,
        clock,
        leaving: leaving.clone(),
        times: Times {
            header_ms: connections.header_timeout_ms,
            idle_ms: connections.idle_timeout_ms,
            stall_ms: settings.transports.socket_stall_ms,
            body: Duration::from_millis(settings.transports.body_timeout_ms),
            upload_min_bytes_per_s: settings.files.upload_min_bytes_per_s,
        },
    });
    let tasks = TaskTracker::new();
    accept::run(listener, &shared, &tasks).await;
    tasks.close();
    tasks.wait().await;
}
