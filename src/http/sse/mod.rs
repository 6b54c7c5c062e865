//! GraphQL over server-sent events, by the protocol of npm's graphql-sse.
//!
//! Distinct connections: any request that accepts `text/event-stream` is answered as a stream of its own.
//! Single connection: PUT reserves a stream and answers its token; GET with the token opens it; each POST with the
//! token (and `extensions.operationId`) starts an operation on it and is answered 202; DELETE with `operationId` stops
//! one. The token goes in the header `X-GraphQL-Event-Stream-Token` or as `token` in the URL.
//!
//! An event stream has no close codes: when the caller's token or session ends, each operation gets an
//! UNAUTHENTICATED error and completes; when the server stops, the stream just ends and clients come back.

mod pump;
mod reservations;

pub(super) use reservations::{Reservations, reserve, stop};

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response as HttpResponse,
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use self::pump::{Pump, Source};
use super::{
    Http,
    answer::Refusal,
    media::Media,
    operation::{Operation, OperationStream},
};
use crate::{
    graphql::{Request, RequestContext, Response},
    rates::Unread,
    request_id::RequestId,
};

const TOKEN_HEADER: &str = "x-graphql-event-stream-token";

/// Events that wait for the client beside those in the connection's buffers.
const QUEUE: usize = 8;

/// The token of a reserved stream, where the request has one.
pub(super) fn token_of(parts: &Parts) -> Option<String> {
    if let Some(token) = parts.headers.get(TOKEN_HEADER) {
        return token.to_str().ok().map(str::to_owned);
    }
    let query = parts.uri.query().filter(|query| query.contains("token="))?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(name, _)| name == "token")
        .map(|(_, token)| token.into_owned())
}

impl Http {
    /// Answers one request as an event stream of its own.
    pub(super) async fn stream_answers(
        self: &Arc<Self>,
        request: Request,
        context: RequestContext,
    ) -> Result<HttpResponse, Refusal> {
        let (place, leaving) = self.enter()?;
        let seat = self.running.begin(&context);
        let seat = seat.map_err(Refusal::of)?;
        let caller = Arc::clone(&context.caller);
        let started = self.begin(request, context).await;
        let (operation, _) = Operation::new(0, started, Some(seat));
        let (pump, events) = Pump::new(self, &caller, &leaving, Source::distinct(operation));
        self.sockets.tasks().spawn(async move {
            pump.run().await;
            drop(place);
        });
        Ok(event_stream(events))
    }

    /// Answers with a stream of one answer that is known already.
    pub(super) fn stream_response(self: &Arc<Self>, response: Response) -> HttpResponse {
        let started = OperationStream::known(response, RequestId::current_or_new());
        let (operation, _) = Operation::new(0, started, None);
        // It has ended before it could be told to leave.
        let leaving = CancellationToken::new();
        let source = Source::distinct(operation);
        let (pump, events) = Pump::new(self, &self.anonymous, &leaving, source);
        self.sockets.tasks().spawn(pump.run());
        event_stream(events)
    }
}

fn event_stream(events: mpsc::Receiver<Bytes>) -> HttpResponse {
    let mut response = HttpResponse::new(Body::from_stream(
        ReceiverStream::new(events).map(Ok::<_, Infallible>),
    ));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, Media::EventStream.content_type());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Asks nginx not to hold events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// An answer as an event, which counts as unread as long as the answer would; `id` names the operation on a stream of several.
fn next_event(id: Option<&str>, response: Response) -> Bytes {
    let body = &response.body;
    let mut event = BytesMut::with_capacity(body.len() + 64);
    event.extend_from_slice(b"event: next\ndata: ");
    if let Some(id) = id {
        event.extend_from_slice(
            format!(r#"{{"id":{},"payload":"#, serde_json::Value::from(id)).as_bytes(),
        );
    }
    // A line break ends the data; in JSON it can stand between tokens only, where a blank does as well.
    event.extend(body.iter().map(|byte| {
        if matches!(byte, b'\n' | b'\r') {
            b' '
        } else {
            *byte
        }
    }));
    event.extend_from_slice(if id.is_some() { b"}\n\n" } else { b"\n\n" });
    Unread::bytes(event.freeze(), response.unread.into_iter().collect())
}

fn complete_event(id: Option<&str>) -> Bytes {
    match id {
        None => Bytes::from_static(b"event: complete\ndata: \n\n"),
        Some(id) => format!(
            "event: complete\ndata: {{\"id\":{}}}\n\n",
            serde_json::Value::from(id)
        )
        .into(),
    }
}
