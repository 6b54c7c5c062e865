//! Drives one connection: its requests, and its end when it keeps the server waiting.

use std::{convert::Infallible, future::poll_fn, net::SocketAddr, pin::pin, sync::Arc, task::Poll};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Request, Response, StatusCode, Version, header},
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::time::sleep_until;
use tower::Service;

use super::{
    ALWAYS, KEPT_HEADER_MS, Shared,
    body::{Active, ActiveBody, TimeoutBody},
    refuse,
    stream::Stream,
    watch::{Due, Watch},
};
use crate::request_id::{RequestId, X_REQUEST_ID};

/// What a client gets to finish when its connection is closed for being idle.
const LEAVE_WITHIN_MS: u64 = 1_000;

/// What the driver of a connection is told.
enum Signal {
    Done,
    Leave,
    Evicted,
    Rung,
}

/// Serves a connection until it is over.
pub(super) async fn drive(
    stream: Stream,
    peer: SocketAddr,
    watch: Arc<Watch>,
    shared: Arc<Shared>,
) {
    let mut times = shared.times;
    if shared.gate.is_full() {
        times.header_ms = times.header_ms.min(KEPT_HEADER_MS);
    }
    let service =
        service_fn(|request| answer(request, peer, Arc::clone(&watch), Arc::clone(&shared)));
    let connection = shared
        .builder
        .serve_connection_with_upgrades(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let mut leave = pin!(shared.leaving.now.cancelled());
    let mut evicted = pin!(watch.evicted.notified());
    let first = watch.due(times);
    let mut timer = pin!(sleep_until(shared.clock.at(first.at_ms())));
    let mut is_leaving = false;
    // When a connection that was closed in order has to be gone.
    let mut gone_by = None;
    loop {
        let told = poll_fn(|context| {
            if connection.as_mut().poll(context).is_ready() {
                return Poll::Ready(Signal::Done);
            }
            if !is_leaving && leave.as_mut().poll(context).is_ready() {
                return Poll::Ready(Signal::Leave);
            }
            if evicted.as_mut().poll(context).is_ready() {
                return Poll::Ready(Signal::Evicted);
            }
            // A time that came nearer sets the timer; one that moved away is found out when it rings.
            let at = shared.clock.at(over_at(watch.due(times), gone_by));
            if at < timer.deadline() {
                timer.as_mut().reset(at);
            }
            timer.as_mut().poll(context).map(|()| Signal::Rung)
        })
        .await;
        match told {
            Signal::Done => return,
            Signal::Leave => {
                is_leaving = true;
                connection.as_mut().graceful_shutdown();
            }
            Signal::Evicted if watch.idle_since_ms().is_some() => return,
            Signal::Evicted => evicted.set(watch.evicted.notified()),
            Signal::Rung => {
                let (due, now) = (watch.due(times), shared.clock.now_ms());
                if over_at(due, gone_by) <= now {
                    if matches!(due, Due::Cut(_)) || gone_by.is_some() {
                        tracing::debug!(%peer, "a connection kept the server waiting");
                        return;
                    }
                    connection.as_mut().graceful_shutdown();
                    gone_by = Some(now + LEAVE_WITHIN_MS);
                }
                let at = over_at(due, gone_by).max(now + 1);
                timer.as_mut().reset(shared.clock.at(at));
            }
        }
    }
}

/// When a connection is to be dealt with: as its watch says, or what it was given to leave.
fn over_at(due: Due, gone_by: Option<u64>) -> u64 {
    match due {
        Due::Idle(at) => gone_by.unwrap_or(at),
        due => due.at_ms(),
    }
}

/// Answers one request, under an id that its answer and its lines in the log have.
async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    watch: Arc<Watch>,
    shared: Arc<Shared>,
) -> Result<Response<ActiveBody>, Infallible> {
    let version = request.version();
    let sent = request.headers().get(X_REQUEST_ID);
    let id = sent.and_then(RequestId::sent);
    let id = id.unwrap_or_else(RequestId::generate);
    let active = Active::new(&watch, version == Version::HTTP_2);
    let mut response = if shared.gate.is_full() && !ALWAYS.contains(&request.uri().path()) {
        refuse::full()
    } else {
        let pace = shared.times.pace(&request);
        let mut request = request.map(|body| Body::new(TimeoutBody::new(body, pace)));
        request.extensions_mut().insert(ConnectInfo(peer));
        // A router is ready always.
        id.clone()
            .scope(shared.router.clone().call(request))
            .await?
    };
    response
        .headers_mut()
        .insert(X_REQUEST_ID, id.into_header());
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        active.upgraded();
    }
    let mut response = response.map(|body| ActiveBody::new(body, active));
    if version < Version::HTTP_2
        && shared.leaving.soon.is_cancelled()
        && response.status() != StatusCode::SWITCHING_PROTOCOLS
    {
        // Whoever comes through a load balancer shall not come back here.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    Ok(response)
}
