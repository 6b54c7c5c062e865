//! Phoenix messages on the wire, in both versions that Supabase's clients speak.
//!
//! Version 1.0.0 is an object `{topic, event, payload, ref, join_ref}`, 2.0.0 an array
//! `[join_ref, ref, topic, event, payload]` and, for broadcasts, a binary form with a header of lengths.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::websocket::{self, Opcode};
use crate::realtime::channels::{BroadcastMessage, Codec, Payload, PresenceDiff};

const BINARY_PUSH: u8 = 0;
const BINARY_USER_PUSH: u8 = 3;
const BINARY_USER_BROADCAST: u8 = 4;

/// The version of the protocol that a socket speaks (`vsn` of its address).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `1.0.0`, also when the address names none.
    V1,
    /// `2.0.0`.
    V2,
}

impl Version {
    /// The version that `vsn` names; nothing for one that is not spoken.
    pub fn from_vsn(vsn: Option<&str>) -> Option<Self> {
        match vsn {
            None => Some(Version::V1),
            Some(vsn) if vsn.starts_with("1.") => Some(Version::V1),
            Some(vsn) if vsn.starts_with("2.") => Some(Version::V2),
            Some(_) => None,
        }
    }

    /// How channels tell sockets of this version what happens on them.
    pub fn codec(self) -> &'static Codec {
        static V1: Codec = Codec {
            broadcast: |message| broadcast(Version::V1, message),
            presence_diff: |name, diff| Some(presence_diff(Version::V1, name, diff)),
        };
        static V2: Codec = Codec {
            broadcast: |message| broadcast(Version::V2, message),
            presence_diff: |name, diff| Some(presence_diff(Version::V2, name, diff)),
        };
        match self {
            Version::V1 => &V1,
            Version::V2 => &V2,
        }
    }
}

/// A message from a client.
#[derive(Debug)]
pub struct Incoming<'a> {
    /// The reference of the join that the message belongs to.
    pub join_ref: Option<Cow<'a, str>>,
    /// The message's own reference, which a reply repeats.
    pub reference: Option<Cow<'a, str>>,
    /// The topic, `realtime:NAME` or `phoenix`.
    pub topic: Cow<'a, str>,
    /// What is asked.
    pub event: Cow<'a, str>,
    /// What comes with it.
    pub payload: Pushed<'a>,
}

/// The payload of a client's message.
#[derive(Debug)]
pub enum Pushed<'a> {
    /// JSON text, not parsed yet.
    Json(&'a RawValue),
    /// A broadcast in its binary form.
    Broadcast {
        /// The event's name.
        event: &'a str,
        /// The message: JSON text when `json`, any bytes otherwise.
        payload: &'a [u8],
        /// Whether the payload is JSON.
        json: bool,
    },
}

/// A message that is not one of this protocol.
#[derive(Debug, thiserror::Error)]
#[error("not a message of this protocol: {0}")]
pub struct Malformed(String);

#[derive(Deserialize)]
struct V1In<'a> {
    #[serde(borrow, default, deserialize_with = "reference")]
    join_ref: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "ref", deserialize_with = "reference")]
    reference: Option<Cow<'a, str>>,
    #[serde(borrow)]
    topic: Cow<'a, str>,
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    payload: &'a RawValue,
}

#[derive(Deserialize)]
struct V2In<'a>(
    #[serde(borrow, deserialize_with = "reference")] Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "reference")] Option<Cow<'a, str>>,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] &'a RawValue,
);

/// References are strings from supabase-js and numbers from some other clients.
fn reference<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Cow<'de, str>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Reference<'a> {
        Text(#[serde(borrow)] Cow<'a, str>),
        Number(u64),
    }
    Ok(
        Option::<Reference<'de>>::deserialize(deserializer)?.map(|reference| match reference {
            Reference::Text(text) => text,
            Reference::Number(number) => Cow::Owned(number.to_string()),
        }),
    )
}

/// Reads a text message.
///
/// # Errors
/// When it is not JSON of the version's form.
pub fn decode_text(version: Version, text: &str) -> Result<Incoming<'_>, Malformed> {
    let malformed = |error: serde_json::Error| Malformed(error.to_string());
    Ok(match version {
        Version::V1 => {
            let V1In {
                join_ref,
                reference,
                topic,
                event,
                payload,
            } = serde_json::from_str(text).map_err(malformed)?;
            Incoming {
                join_ref,
                reference,
                topic,
                event,
                payload: Pushed::Json(payload),
            }
        }
        Version::V2 => {
            let V2In(join_ref, reference, topic, event, payload) =
                serde_json::from_str(text).map_err(malformed)?;
            Incoming {
                join_ref,
                reference,
                topic,
                event,
                payload: Pushed::Json(payload),
            }
        }
    })
}

/// Reads a binary message: a broadcast with its lengths in front.
///
/// # Errors
/// When the header is cut, names another kind, or a name in it is not UTF-8.
pub fn decode_binary(bytes: &[u8]) -> Result<Incoming<'_>, Malformed> {
    let cut = || Malformed("the binary message is cut".to_owned());
    let (&kind, rest) = bytes.split_first().ok_or_else(cut)?;
    let lengths = match kind {
        BINARY_PUSH => 4,
        BINARY_USER_PUSH => 6,
        other => return Err(Malformed(format!("unknown kind {other}"))),
    };
    let (header, mut rest) = rest.split_at_checked(lengths).ok_or_else(cut)?;
    let mut text = |length: u8| {
        let (text, after) = rest.split_at_checked(usize::from(length)).ok_or_else(cut)?;
        rest = after;
        std::str::from_utf8(text).map_err(|error| Malformed(error.to_string()))
    };
    let join_ref = text(header[0])?;
    let reference = text(header[1])?;
    let topic = text(header[2])?;
    let event = text(header[3])?;
    if kind == BINARY_USER_PUSH {
        text(header[4])?;
    }
    let json = kind == BINARY_USER_PUSH && header[5] == 1;
    if json && serde_json::from_slice::<&RawValue>(rest).is_err() {
        return Err(Malformed("the payload is not JSON".to_owned()));
    }
    Ok(Incoming {
        join_ref: (!join_ref.is_empty()).then_some(Cow::Borrowed(join_ref)),
        reference: (!reference.is_empty()).then_some(Cow::Borrowed(reference)),
        topic: Cow::Borrowed(topic),
        event: Cow::Borrowed(if kind == BINARY_USER_PUSH {
            "broadcast"
        } else {
            event
        }),
        payload: Pushed::Broadcast {
            event,
            payload: rest,
            json,
        },
    })
}

/// A message to a client, framed for the wire.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a, P> {
    /// The join that it belongs to; nothing when it is the same for every member of a topic.
    pub join_ref: Option<&'a str>,
    /// The reference of the message that it answers.
    pub reference: Option<&'a str>,
    /// The topic, as the client named it.
    pub topic: &'a str,
    /// What it says.
    pub event: &'a str,
    /// What comes with it.
    pub payload: P,
}

#[derive(Serialize)]
struct V1Out<'a, P> {
    topic: &'a str,
    event: &'a str,
    payload: P,
    #[serde(rename = "ref")]
    reference: Option<&'a str>,
}

impl<P: Serialize> Outgoing<'_, P> {
    /// The message as a WebSocket frame.
    pub fn encode(&self, version: Version) -> Bytes {
        let json = match version {
            Version::V1 => serde_json::to_vec(&V1Out {
                topic: self.topic,
                event: self.event,
                payload: &self.payload,
                reference: self.reference,
            }),
            Version::V2 => serde_json::to_vec(&(
                self.join_ref,
                self.reference,
                self.topic,
                self.event,
                &self.payload,
            )),
        };
        // Payloads are maps with text keys, which always have a JSON form.
        websocket::frame(Opcode::Text, &json.unwrap_or_default())
    }
}

/// Answers a client's message: `status` is `ok` or `error`.
pub fn reply<P: Serialize>(
    version: Version,
    to: &Incoming<'_>,
    status: &str,
    response: P,
) -> Bytes {
    #[derive(Serialize)]
    struct Reply<'a, P> {
        status: &'a str,
        response: P,
    }
    Outgoing {
        join_ref: to.join_ref.as_deref(),
        reference: to.reference.as_deref(),
        topic: &to.topic,
        event: "phx_reply",
        payload: Reply { status, response },
    }
    .encode(version)
}

/// A broadcast for the members of its topic. Nothing when the version cannot carry it: 1.0.0 has no form for
/// bytes that are not JSON.
pub fn broadcast(version: Version, message: &BroadcastMessage) -> Option<Bytes> {
    let topic = format!("realtime:{}", message.channel);
    let whole;
    let payload: &RawValue = match (&message.payload, &message.whole) {
        (Payload::Binary(_), _) => {
            return (version == Version::V2)
                .then(|| binary(&topic, message))
                .flatten();
        }
        (Payload::Json(_), Some(whole)) => whole,
        (Payload::Json(_), None) if version == Version::V2 && fits_binary(&topic, message) => {
            return binary(&topic, message);
        }
        (Payload::Json(json), None) => {
            whole = with_event(message, json)?;
            &whole
        }
    };
    Some(
        Outgoing {
            join_ref: None,
            reference: None,
            topic: &topic,
            event: "broadcast",
            payload,
        }
        .encode(version),
    )
}

/// Who came and went, for the members of a channel.
fn presence_diff(version: Version, name: &str, diff: &PresenceDiff) -> Bytes {
    let topic = format!("realtime:{name}");
    Outgoing {
        join_ref: None,
        reference: None,
        topic: &topic,
        event: "presence_diff",
        payload: diff,
    }
    .encode(version)
}

fn with_event(message: &BroadcastMessage, json: &RawValue) -> Option<Box<RawValue>> {
    #[derive(Serialize)]
    struct Whole<'a> {
        event: &'a str,
        payload: &'a RawValue,
        #[serde(rename = "type")]
        kind: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        meta: Option<serde_json::Value>,
    }
    let meta = message.meta();
    serde_json::value::to_raw_value(&Whole {
        event: &message.event,
        payload: json,
        kind: "broadcast",
        meta,
    })
    .ok()
}

fn fits_binary(topic: &str, message: &BroadcastMessage) -> bool {
    topic.len() <= 255 && message.event.len() <= 255
}

fn binary(topic: &str, message: &BroadcastMessage) -> Option<Bytes> {
    let meta = message
        .meta()
        .map(|meta| meta.to_string())
        .unwrap_or_default();
    let (payload, encoding): (&[u8], u8) = match &message.payload {
        Payload::Json(json) => (json.get().as_bytes(), 1),
        Payload::Binary(bytes) => (bytes, 0),
    };
    let length = |text: &str| u8::try_from(text.len()).ok();
    let mut bytes =
        Vec::with_capacity(5 + topic.len() + message.event.len() + meta.len() + payload.len());
    bytes.extend_from_slice(&[
        BINARY_USER_BROADCAST,
        length(topic)?,
        length(&message.event)?,
        length(&meta)?,
        encoding,
    ]);
    bytes.extend_from_slice(topic.as_bytes());
    bytes.extend_from_slice(message.event.as_bytes());
    bytes.extend_from_slice(meta.as_bytes());
    bytes.extend_from_slice(payload);
    Some(websocket::frame(Opcode::Binary, &bytes))
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
