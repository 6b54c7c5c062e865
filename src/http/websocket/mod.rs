//! GraphQL over WebSocket: `graphql-transport-ws`, and the older `graphql-ws` of subscriptions-transport-ws.
//!
//! The close codes beyond the protocol's: 1001 when a socket is idle or does not answer pings, 1009 for messages
//! beyond the limit, 1012 when the server stops, 1013 when the client does not read what is sent to it. After
//! each of these the client may come back at once and, with its last cursor, misses nothing.
//!
//! A token is sent in the payload of `connection_init` (`authorization`, `apikey` or `access_token`, also
//! below `headers`) or with the handshake. It is renewed on an open socket by a `ping` whose payload carries the new
//! one in the same way (in the older protocol: by a further `connection_init`); the `pong` says `{"renewed":
//! true}`. With the client of npm's graphql-ws: keep the socket that the `connected` event hands over and
//! call `socket.send(JSON.stringify({type: 'ping', payload: {authorization: 'Bearer …'}}))`.

mod close;
mod protocol;
mod session;

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, ws::WebSocketUpgrade},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response as HttpResponse},
};

use self::{protocol::Dialect, session::Session};
use super::{Http, answer::Refusal, media::Media};

/// Clients send short messages; tungstenite's default of 128 KiB for each socket would be a gigabyte for 10,000.
const READ_BUFFER_BYTES: usize = 2 << 10;
/// Small answers are collected up to this size before they are written.
const WRITE_BUFFER_BYTES: usize = 4 << 10;

/// Answers a WebSocket's handshake.
pub(super) async fn upgrade(http: &Arc<Http>, parts: &mut Parts) -> HttpResponse {
    accept(http, parts)
        .await
        .unwrap_or_else(|refusal| refusal.into_response(Media::Json))
}

async fn accept(http: &Arc<Http>, parts: &mut Parts) -> Result<HttpResponse, Refusal> {
    let context = http.reader_context(parts).await.map_err(Refusal::of)?;
    let (place, leaving) = http.enter()?;
    let upgrade = match WebSocketUpgrade::from_request_parts(parts, &()).await {
        Ok(upgrade) => upgrade.protocols(Dialect::NAMES),
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let dialect = upgrade
        .selected_protocol()
        .and_then(|name| Dialect::of(name.as_bytes()));
    let max_message = usize::try_from(http.limits.settings().max_body_bytes).unwrap_or(usize::MAX);
    let http = Arc::clone(http);
    let tasks = http.sockets.tasks().clone();
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(max_message)
        .max_frame_size(max_message);
    let mut response = upgrade.on_upgrade(move |socket| {
        tasks.track_future(async move {
            match dialect {
                Some(dialect) => {
                    let session = Session::new(http, socket, dialect, context, leaving);
                    session.run().await;
                }
                None => session::refuse_protocol(socket).await,
            }
            drop(place);
        })
    });
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}
