//! What is broadcast on a channel.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{json, value::RawValue};
use uuid::Uuid;

/// The content of a broadcast.
#[derive(Debug, Clone)]
pub enum Payload {
    /// JSON text, passed on as it came.
    Json(Box<RawValue>),
    /// Any bytes.
    Binary(Bytes),
}

/// One broadcast, shared by all who get it.
#[derive(Debug, Clone)]
pub struct BroadcastMessage {
    /// The channel's name.
    pub channel: Arc<str>,
    /// Whether the channel is private.
    pub private: bool,
    /// What the sender calls it.
    pub event: Arc<str>,
    /// The content.
    pub payload: Payload,
    /// Everything that the sender said, where that is more than event and payload: clients of Supabase's
    /// protocol may put further fields beside them.
    pub whole: Option<Box<RawValue>>,
    /// The row of `realtime.messages` that it was sent through, if any.
    pub id: Option<Uuid>,
    /// Whether it was sent before this subscriber joined, and is repeated because it asked.
    pub replayed: bool,
}

impl BroadcastMessage {
    /// A message as a client of the API sends it.
    pub fn new(channel: &str, private: bool, event: &str, payload: Payload) -> Self {
        BroadcastMessage {
            channel: channel.into(),
            private,
            event: event.into(),
            payload,
            whole: None,
            id: None,
            replayed: false,
        }
    }

    /// What subscribers learn beside event and payload: the id of a message from the database.
    pub fn meta(&self) -> Option<serde_json::Value> {
        let id = self.id?;
        Some(if self.replayed {
            json!({"id": id, "replayed": true})
        } else {
            json!({"id": id})
        })
    }

    /// Bytes of the content and names.
    pub fn size_bytes(&self) -> usize {
        let payload = match (&self.payload, &self.whole) {
            (_, Some(whole)) => whole.get().len(),
            (Payload::Json(json), None) => json.get().len(),
            (Payload::Binary(bytes), None) => bytes.len(),
        };
        payload + self.event.len() + self.channel.len()
    }
}
