//! Writes one stream.

use std::{future::pending, sync::Arc};

use serde_json::Value;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{
    event::Chunk,
    journal::{Journal, Refused},
};
use crate::error::{Code, Error};

/// Members of an event that are joined when two events of one kind follow each other before they are stored.
const JOINED: &[&str] = &["TEXT", "REASONING"];

/// The writer of a stream. Dropped, it leaves what it did not store.
pub struct Writer {
    journal: Journal,
    stream: Uuid,
    /// The offset of the first event that waits.
    next: i32,
    /// What waits until what is under way is stored.
    waiting: Vec<Value>,
    under_way: Option<oneshot::Receiver<Result<(), Refused>>>,
}

impl Writer {
    pub(super) fn new(journal: Journal, stream: Uuid, next: i32) -> Self {
        Writer {
            journal,
            stream,
            next,
            waiting: Vec::new(),
            under_way: None,
        }
    }

    /// The offset of the event that comes next.
    #[must_use]
    pub fn next_offset(&self) -> i32 {
        let waiting = i32::try_from(self.waiting.len()).unwrap_or(i32::MAX);
        self.next.saturating_add(waiting)
    }

    /// Writes an event, an object with a `kind`. It is stored at once, or with others when what is under way is stored.
    pub fn push(&mut self, event: Value) {
        let last = self.waiting.last_mut();
        if !last.is_some_and(|last| join(last, &event)) {
            self.waiting.push(event);
        }
        self.send();
    }

    /// Writes an event that goes together with the one that follows it, so that this one need not wait for it.
    /// [`Self::send`] has it stored where nothing follows for a while.
    pub fn push_ahead(&mut self, event: Value) {
        self.waiting.push(event);
    }

    /// Whether something waits while nothing is under way.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.under_way.is_none() && !self.waiting.is_empty()
    }

    /// Waits until what is under way is stored, and sends what waits. Waits forever when there is nothing; may be dropped
    /// where it waits.
    ///
    /// # Errors
    /// [`Refused`]; the writer is of no use then.
    pub async fn stored(&mut self) -> Result<(), Refused> {
        let Some(under_way) = &mut self.under_way else {
            return pending().await;
        };
        let stored = under_way.await;
        self.under_way = None;
        let ended = || {
            let message = "The server stops, and takes no more";
            Refused::Failed(Error::new(Code::Unavailable, message))
        };
        stored.unwrap_or_else(|_| Err(ended()))?;
        self.send();
        Ok(())
    }

    /// Waits until all is stored.
    ///
    /// # Errors
    /// As [`Self::stored`].
    pub async fn flush(&mut self) -> Result<(), Refused> {
        self.send();
        while self.under_way.is_some() {
            self.stored().await?;
        }
        Ok(())
    }

    /// Takes note of events that a transaction stored, after [`Self::flush`].
    pub fn skip(&mut self, events: i32) {
        self.next = self.next.saturating_add(events);
    }

    /// Has what waits stored, unless something is under way: it follows then.
    pub fn send(&mut self) {
        if self.under_way.is_some() || self.waiting.is_empty() {
            return;
        }
        let events = std::mem::take(&mut self.waiting);
        let chunk = Chunk {
            stream: self.stream,
            first: self.next,
            events: events.into_iter().map(Arc::new).collect(),
        };
        self.next = chunk.last().saturating_add(1);
        self.under_way = Some(self.journal.store(chunk));
    }
}

/// Adds an event to the one before, where both are of one kind that is text alone.
fn join(last: &mut Value, event: &Value) -> bool {
    let kind = |event: &Value| event.get("kind").and_then(Value::as_str).map(str::to_owned);
    let is_plain = |event: &Value| event.as_object().is_some_and(|members| members.len() == 2);
    let is_joined = kind(event).is_some_and(|kind| JOINED.contains(&kind.as_str()))
        && kind(last) == kind(event)
        && is_plain(last)
        && is_plain(event);
    let (true, Some(Value::String(text)), Some(more)) = (
        is_joined,
        last.get_mut("text"),
        event.get("text").and_then(Value::as_str),
    ) else {
        return false;
    };
    text.push_str(more);
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_is_joined_and_nothing_else() {
        let mut last = json!({"kind": "TEXT", "text": "a"});
        assert!(join(&mut last, &json!({"kind": "TEXT", "text": "b"})));
        assert_eq!(last, json!({"kind": "TEXT", "text": "ab"}));
        assert!(!join(&mut last, &json!({"kind": "REASONING", "text": "c"})));
        assert!(!join(&mut last, &json!({"kind": "SOURCE", "url": "x"})));
        let mut signed = json!({"kind": "REASONING", "text": "a", "signature": "s"});
        assert!(!join(
            &mut signed,
            &json!({"kind": "REASONING", "text": "b"})
        ));
    }
}
