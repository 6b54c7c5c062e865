//! The rows of `realtime.relay`, and the messages that they point to.

use std::{sync::Arc, time::SystemTime};

use bytes::Bytes;
use serde_json::{Map, Value, value::RawValue};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{BroadcastMessage, Entry, Payload};
use crate::{
    db::Db,
    error::{Code, Error, Result},
};

/// The most messages that a replay gives, as on Supabase.
const REPLAY_MAX: i64 = 25;
const REPLAY: &str = "select id, event, payload::text, binary_payload from realtime.messages
  where topic = $1 and private and extension = 'broadcast' and event is not null
    and inserted_at >= ($2::timestamptz at time zone current_setting('TimeZone'))
  order by inserted_at desc limit $3";

/// What one server tells the others.
#[derive(Debug)]
pub(super) enum RelayMessage {
    Broadcast(Arc<BroadcastMessage>),
    Join {
        private: bool,
        channel: Arc<str>,
        key: Arc<str>,
        entry: Entry,
    },
    Leave {
        private: bool,
        channel: Arc<str>,
        key: Arc<str>,
        reference: Arc<str>,
    },
    /// Forget what this server said about presence: all of it follows again.
    Reset,
}

impl RelayMessage {
    /// What it takes while it waits, about.
    pub(super) fn size_bytes(&self) -> usize {
        match self {
            RelayMessage::Broadcast(message) => message.size_bytes(),
            // Presence is small; its limit counts entries.
            _ => 256,
        }
    }

    /// The row: kind, private, channel, event, payload.
    pub(super) fn row(&self) -> (&'static str, bool, &str, &str, Vec<u8>) {
        match self {
            RelayMessage::Broadcast(message) => {
                let (kind, payload) = match (&message.payload, &message.whole) {
                    (_, Some(whole)) => ("whole", whole.get().as_bytes().to_vec()),
                    (Payload::Json(json), None) => ("json", json.get().as_bytes().to_vec()),
                    (Payload::Binary(bytes), None) => ("binary", bytes.to_vec()),
                };
                (
                    kind,
                    message.private,
                    &message.channel,
                    &message.event,
                    payload,
                )
            }
            RelayMessage::Join {
                private,
                channel,
                key,
                entry,
            } => {
                let told = serde_json::json!({
                    "reference": entry.reference, "previous": entry.previous, "meta": *entry.meta
                });
                (
                    "join",
                    *private,
                    channel,
                    key,
                    told.to_string().into_bytes(),
                )
            }
            RelayMessage::Leave {
                private,
                channel,
                key,
                reference,
            } => (
                "leave",
                *private,
                channel,
                key,
                reference.as_bytes().to_vec(),
            ),
            RelayMessage::Reset => ("reset", false, "", "", Vec::new()),
        }
    }
}

/// The entry that a row of kind `join` tells.
pub(super) fn told_entry(payload: &[u8], origin: Uuid) -> Option<Entry> {
    #[derive(serde::Deserialize)]
    struct Told {
        reference: String,
        previous: Option<String>,
        meta: Map<String, Value>,
    }
    let told: Told = serde_json::from_slice(payload).ok()?;
    Some(Entry {
        reference: told.reference.into(),
        previous: told.previous.map(Into::into),
        meta: Arc::new(told.meta),
        origin,
    })
}

/// The broadcast of a row.
pub(super) fn message(kind: &str, row: &Row) -> Option<BroadcastMessage> {
    let bytes: Option<&[u8]> = row.get("payload");
    let raw = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?;
        RawValue::from_string(text.to_owned()).ok()
    };
    let (payload, whole) = match kind {
        "json" => (Payload::Json(raw(bytes?)?), None),
        "binary" => (Payload::Binary(Bytes::copy_from_slice(bytes?)), None),
        "whole" => {
            let whole = raw(bytes?)?;
            (inner_payload(&whole), Some(whole))
        }
        _ => (
            stored_payload(row.get("message_json"), row.get("message_binary"))?,
            None,
        ),
    };
    Some(BroadcastMessage {
        channel: row.get::<_, String>("channel").into(),
        private: row.get("private"),
        event: row.get::<_, String>("event").into(),
        payload,
        whole,
        id: row.get("message_id"),
        replayed: false,
    })
}

/// The `payload` field of a whole message; `null` where it has none.
pub(crate) fn inner_payload(whole: &RawValue) -> Payload {
    #[derive(serde::Deserialize)]
    struct Whole {
        payload: Option<Box<RawValue>>,
    }
    let inner = serde_json::from_str::<Whole>(whole.get())
        .ok()
        .and_then(|whole| whole.payload);
    Payload::Json(inner.unwrap_or_else(|| RawValue::NULL.to_owned()))
}

fn stored_payload(json: Option<String>, binary: Option<Vec<u8>>) -> Option<Payload> {
    match (binary, json) {
        (Some(bytes), _) => Some(Payload::Binary(bytes.into())),
        (None, Some(json)) => RawValue::from_string(json).ok().map(Payload::Json),
        (None, None) => None,
    }
}

/// What was sent from SQL to a private channel since then, oldest first.
pub(super) async fn replay(
    db: &Db,
    channel: &str,
    since: SystemTime,
    limit: i64,
) -> Result<Vec<BroadcastMessage>> {
    let client = db.system().await?;
    let limit = limit.clamp(1, REPLAY_MAX);
    let rows = client
        .query(REPLAY, &[&channel, &since, &limit])
        .await
        .map_err(|error| {
            Error::new(Code::Unavailable, "The database does not answer; try again")
                .caused_by(error)
        })?;
    let message = |row: &Row| {
        Some(BroadcastMessage {
            id: Some(row.get(0)),
            replayed: true,
            ..BroadcastMessage::new(
                channel,
                true,
                row.get(1),
                stored_payload(row.get(2), row.get(3))?,
            )
        })
    };
    Ok(rows.iter().rev().filter_map(message).collect())
}
