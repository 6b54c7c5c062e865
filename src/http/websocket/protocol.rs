//! The messages of the two protocols.

use std::borrow::Cow;

use axum::extract::ws::{Message, Utf8Bytes};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::close::Close;
use crate::http::token;

/// Which protocol a socket speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `graphql-transport-ws`, of npm's graphql-ws.
    Transport,
    /// `graphql-ws`, of npm's subscriptions-transport-ws.
    Legacy,
}

/// What a client says.
#[derive(Debug)]
pub(super) enum Incoming<'a> {
    Init(Option<&'a RawValue>),
    Start {
        id: Cow<'a, str>,
        request: &'a RawValue,
    },
    Stop {
        id: Cow<'a, str>,
    },
    Ping(Option<&'a RawValue>),
    Pong,
    /// The older protocol's way to leave.
    Terminate,
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Id<'a>>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Id<'a>(#[serde(borrow)] Cow<'a, str>);

impl Dialect {
    /// The names of the protocols, the better one first.
    pub(super) const NAMES: [&'static str; 2] = ["graphql-transport-ws", "graphql-ws"];

    pub(super) fn of(name: &[u8]) -> Option<Self> {
        match name {
            b"graphql-transport-ws" => Some(Dialect::Transport),
            b"graphql-ws" => Some(Dialect::Legacy),
            _ => None,
        }
    }

    /// Reads a message.
    pub(super) fn read(self, text: &str) -> Result<Incoming<'_>, Close> {
        let frame: Frame<'_> = serde_json::from_str(text).map_err(|_| {
            Close::invalid("Invalid message: no JSON object with a type, a string id and a payload")
        })?;
        let id = |id: Option<Id<'_>>| match id {
            Some(Id(id)) if !id.is_empty() => Ok(id.into_owned().into()),
            _ => Err(Close::invalid(
                "Invalid message: the id must be a string that is not empty",
            )),
        };
        match (self, &*frame.kind) {
            (_, "connection_init") => Ok(Incoming::Init(frame.payload)),
            (Dialect::Transport, "subscribe") | (Dialect::Legacy, "start") => {
                let request = frame
                    .payload
                    .ok_or_else(|| Close::invalid("Invalid message: the payload is missing"))?;
                Ok(Incoming::Start {
                    id: id(frame.id)?,
                    request,
                })
            }
            (Dialect::Transport, "complete") | (Dialect::Legacy, "stop") => {
                Ok(Incoming::Stop { id: id(frame.id)? })
            }
            (Dialect::Transport, "ping") => Ok(Incoming::Ping(frame.payload)),
            (Dialect::Transport, "pong") => Ok(Incoming::Pong),
            (Dialect::Legacy, "connection_terminate") => Ok(Incoming::Terminate),
            _ => Err(Close::invalid(
                "Invalid message: its type is not of this protocol",
            )),
        }
    }

    pub(super) fn ack(self) -> Message {
        Message::text(r#"{"type":"connection_ack"}"#)
    }

    /// What keeps a silent socket alive, and shows that the client is there.
    pub(super) fn keep_alive(self) -> Message {
        match self {
            Dialect::Transport => Message::text(r#"{"type":"ping"}"#),
            Dialect::Legacy => Message::text(r#"{"type":"ka"}"#),
        }
    }

    pub(super) fn pong(renewed: bool) -> Message {
        Message::text(if renewed {
            r#"{"type":"pong","payload":{"renewed":true}}"#
        } else {
            r#"{"type":"pong"}"#
        })
    }

    /// The beginning of all answers of one operation, see [`Dialect::next`].
    pub(super) fn next_prefix(self, id: &str) -> Box<str> {
        let kind = match self {
            Dialect::Transport => "next",
            Dialect::Legacy => "data",
        };
        format!(r#"{{"id":{},"type":"{kind}","payload":"#, Value::from(id)).into()
    }

    /// An answer of an operation.
    pub(super) fn next(prefix: &str, body: &Bytes) -> Message {
        let mut text = Vec::with_capacity(prefix.len() + body.len() + 1);
        text.extend_from_slice(prefix.as_bytes());
        text.extend_from_slice(body);
        text.push(b'}');
        Message::Text(utf8(text))
    }

    /// The errors that kept an operation from running: a list, and in the older protocol the first alone.
    pub(super) fn error(self, id: &str, body: &Bytes) -> Message {
        #[derive(Deserialize)]
        struct Refused<'a> {
            #[serde(borrow)]
            errors: Vec<&'a RawValue>,
        }
        let errors = serde_json::from_slice::<Refused<'_>>(body)
            .map(|refused| refused.errors)
            .unwrap_or_default();
        let payload = match self {
            Dialect::Transport => {
                format!(
                    "[{}]",
                    errors
                        .iter()
                        .map(|error| error.get())
                        .collect::<Vec<_>>()
                        .join(",")
                )
            }
            Dialect::Legacy => errors.first().map_or("{}", |error| error.get()).to_owned(),
        };
        Message::text(format!(
            r#"{{"id":{},"type":"error","payload":{payload}}}"#,
            Value::from(id)
        ))
    }

    pub(super) fn complete(self, id: &str) -> Message {
        Message::text(format!(r#"{{"id":{},"type":"complete"}}"#, Value::from(id)))
    }

    /// The older protocol's answer to a `connection_init` that is refused.
    pub(super) fn connection_error(message: &str) -> Message {
        Message::text(format!(
            r#"{{"type":"connection_error","payload":{{"message":{}}}}}"#,
            Value::from(message)
        ))
    }
}

/// Bodies are JSON that this server wrote; should one not be UTF-8, the client gets what can be read.
fn utf8(text: Vec<u8>) -> Utf8Bytes {
    String::from_utf8(text)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
        .into()
}

/// The token in the payload of a `connection_init` or `ping`.
pub(super) fn token_of(payload: Option<&RawValue>) -> Result<Option<String>, Close> {
    let Some(payload) = payload else {
        return Ok(None);
    };
    let payload: Value = serde_json::from_str(payload.get())
        .map_err(|_| Close::invalid("Invalid message: the payload is no JSON"))?;
    let fields = match &payload {
        Value::Object(fields) => fields,
        Value::Null => return Ok(None),
        _ => {
            return Err(Close::invalid(
                "Invalid message: the payload must be an object",
            ));
        }
    };
    Ok(token::of_payload(fields))
}
