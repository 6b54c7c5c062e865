//! Broadcasts over HTTP: a batch, or one message whose channel and event are in the path.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    body::Bytes,
    extract::{ConnectInfo, Extension, Path, Query, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Json, Response},
};
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::{Supabase, refusal::Refusal};
use crate::{
    auth::Caller,
    error::{Code, Error},
    http::{client_ip, server::body::TimedOut, set_status, token},
    realtime::channels::{BroadcastMessage, Payload},
};

/// The most messages of one request.
const BATCH_MAX: usize = 1_000;

#[derive(Deserialize)]
struct Batch {
    messages: Vec<Posted>,
}

#[derive(Deserialize)]
struct Posted {
    topic: String,
    event: String,
    payload: Box<RawValue>,
    #[serde(default)]
    private: bool,
}

#[derive(Deserialize)]
pub(super) struct Private {
    #[serde(default)]
    private: String,
}

/// What a request is answered with instead of 202.
struct Refused {
    status: StatusCode,
    message: String,
    /// Says when to come back.
    error: Option<Error>,
}

impl Refused {
    fn new(status: StatusCode, message: String) -> Self {
        Refused {
            status,
            message,
            error: None,
        }
    }

    /// Where the body was not read.
    fn body(error: &BytesRejection) -> Self {
        if TimedOut::caused(error) {
            let message = "The body did not arrive in time".to_owned();
            return Refused::new(StatusCode::REQUEST_TIMEOUT, message);
        }
        Refused::new(error.status(), error.body_text())
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Refused {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: error.message().to_owned(),
            error: Some(error),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = Json(json!({"message": self.message}));
        let mut response = (self.status, body).into_response();
        if let Some(error) = &self.error {
            set_status(&mut response, error);
        }
        response
    }
}

/// `POST /realtime/v1/api/broadcast`: all messages or none.
pub(super) async fn batch(
    State(supabase): State<Supabase>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let sent = async {
        let sender = sender(&supabase, &headers, peer).await?;
        let body = body.map_err(|error| Refused::body(&error))?;
        let batch: Batch = serde_json::from_slice(&body).map_err(|error| {
            Refused::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("messages: {error}"),
            )
        })?;
        let messages = batch.messages.into_iter().map(|posted| {
            BroadcastMessage::new(
                &posted.topic,
                posted.private,
                &posted.event,
                Payload::Json(posted.payload),
            )
        });
        send(&supabase, &sender, messages.collect()).await
    };
    answer(sent.await)
}

/// `POST /realtime/v1/api/broadcast/{topic}/events/{event}`: the body is the payload, JSON or bytes.
pub(super) async fn single(
    State(supabase): State<Supabase>,
    Path((topic, event)): Path<(String, String)>,
    Query(query): Query<Private>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let sent = async {
        let sender = sender(&supabase, &headers, peer).await?;
        let body = body.map_err(|error| Refused::body(&error))?;
        let payload = payload(&headers, body)?;
        let message = BroadcastMessage::new(&topic, query.private == "true", &event, payload);
        send(&supabase, &sender, vec![message]).await
    };
    answer(sent.await)
}

fn answer(sent: Result<(), Refused>) -> Response {
    match sent {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(refused) => refused.into_response(),
    }
}

fn payload(headers: &HeaderMap, body: Bytes) -> Result<Payload, Refused> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .map(|value| value.to_str().unwrap_or_default());
    let kind = kind.map(|kind| {
        kind.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    });
    match kind.as_deref() {
        Some("application/octet-stream") => Ok(Payload::Binary(body)),
        None | Some("application/json") => serde_json::from_slice(&body)
            .map(Payload::Json)
            .map_err(|error| {
                Refused::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    format!("payload: {error}"),
                )
            }),
        Some(_) => Err(Refused::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Unsupported Media Type. Use application/json or application/octet-stream".to_owned(),
        )),
    }
}

/// Who sends, and from where.
struct Sender {
    caller: Arc<Caller>,
    address: Option<IpAddr>,
}

async fn sender(
    supabase: &Supabase,
    headers: &HeaderMap,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
) -> Result<Sender, Refused> {
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    let address = client_ip(supabase.proxies, headers, peer);
    Ok(Sender {
        caller: caller(supabase, headers).await?.seen_at(address),
        address,
    })
}

async fn caller(supabase: &Supabase, headers: &HeaderMap) -> Result<Arc<Caller>, Refused> {
    let unauthorized = || Refused::new(StatusCode::UNAUTHORIZED, "Unauthorized".to_owned());
    let token = token::of_headers(headers).ok().flatten();
    let token = token.ok_or_else(unauthorized)?;
    let caller = supabase.server.caller(token).await;
    caller.map_err(|error| match error.code() {
        Code::Unauthenticated => unauthorized(),
        _ => error.into(),
    })
}

/// Checks every message, then sends all.
async fn send(
    supabase: &Supabase,
    Sender { caller, address }: &Sender,
    messages: Vec<BroadcastMessage>,
) -> Result<(), Refused> {
    let channels = &supabase.server.channels;
    if messages.is_empty() || messages.len() > BATCH_MAX {
        return Err(Refused::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("messages: 1 to {BATCH_MAX} are allowed"),
        ));
    }
    let mut writable: Vec<&str> = Vec::new();
    for message in &messages {
        if message.channel.is_empty() || message.event.is_empty() {
            return Err(Refused::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "topic and event can't be blank".to_owned(),
            ));
        }
        channels.check_size(message).map_err(|error| {
            Refused::new(StatusCode::UNPROCESSABLE_ENTITY, error.message().to_owned())
        })?;
        if message.private && !writable.contains(&&*message.channel) {
            check_right(supabase, caller, &message.channel).await?;
            writable.push(&message.channel);
        }
    }
    channels.count_broadcasts(caller, *address, messages.len())?;
    for message in messages {
        channels.publish(&Arc::new(message), None);
    }
    Ok(())
}

async fn check_right(supabase: &Supabase, caller: &Caller, channel: &str) -> Result<(), Refused> {
    match supabase
        .server
        .channels
        .writable(caller, channel, true)
        .await
    {
        Ok(access) if access.broadcast => Ok(()),
        Ok(_) => {
            supabase
                .server
                .figures()
                .dropped
                .with_label_values(&["unauthorized"])
                .inc();
            Err(Refused::new(
                StatusCode::FORBIDDEN,
                Refusal::no_write(channel).to_string(),
            ))
        }
        Err(error) => Err(error.into()),
    }
}
