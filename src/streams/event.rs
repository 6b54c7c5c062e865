//! What is stored at once.

use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

/// Events of a stream that follow each other.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The stream.
    pub stream: Uuid,
    /// The offset of the first event.
    pub first: i32,
    /// The events: objects with a `kind`.
    pub events: Vec<Arc<Value>>,
}

impl Chunk {
    /// The offset of the last event.
    #[must_use]
    pub fn last(&self) -> i32 {
        let count = i32::try_from(self.events.len()).unwrap_or(i32::MAX);
        self.first.saturating_add(count).saturating_sub(1)
    }

    /// As it is stored: an array.
    pub(super) fn to_json(&self) -> String {
        let mut text = String::from("[");
        for (place, event) in self.events.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            text.push_str(&event.to_string());
        }
        text.push(']');
        text
    }

    /// As it was stored.
    pub(super) fn of_json(stream: Uuid, first: i32, json: &str) -> Result<Self, serde_json::Error> {
        let events: Vec<Value> = serde_json::from_str(json)?;
        Ok(Chunk {
            stream,
            first,
            events: events.into_iter().map(Arc::new).collect(),
        })
    }
}

/// Whether nothing follows an event.
pub(super) fn is_end(event: &Value) -> bool {
    event.get("kind").is_some_and(|kind| kind == "END")
}
