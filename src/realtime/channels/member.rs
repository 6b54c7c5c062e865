//! What a member of a channel holds: its place, and its presence. Both end when they are dropped.

use std::sync::{Arc, atomic::Ordering};

use serde_json::{Map, Value};

use super::{Entry, PresenceState, Shared, relay::RelayMessage, topic::Topic};
use crate::error::{Error, Result};

/// A place on a channel, which ends when this is dropped.
#[derive(Debug)]
pub struct Membership {
    pub(super) shared: Arc<Shared>,
    pub(super) topic: Arc<Topic>,
    pub(super) number: usize,
    pub(super) kind: &'static str,
}

impl Membership {
    /// Changes what the member gets.
    pub(crate) fn permit(&self, broadcast: bool, presence: bool) {
        self.topic.permit(self.number, broadcast, presence);
    }

    /// Who is on the channel now.
    pub(crate) fn present(&self) -> PresenceState {
        self.topic.presence()
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.topic.leave(self.number);
        self.shared
            .figures
            .subscriptions
            .with_label_values(&[self.kind])
            .dec();
        self.shared.forget_if_empty(&self.topic);
    }
}

/// Somebody's presence under a key, which ends when this is dropped.
#[derive(Debug)]
pub struct Presence {
    pub(super) shared: Arc<Shared>,
    pub(super) topic: Arc<Topic>,
    pub(super) key: Arc<str>,
    pub(super) entry: Option<Entry>,
}

impl Presence {
    /// Says something else; nothing happens when it is the same.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED when it is too long.
    pub fn update(&mut self, meta: Map<String, Value>) -> Result<()> {
        if self.entry.as_ref().is_some_and(|entry| *entry.meta == meta) {
            return Ok(());
        }
        let limit = self.shared.settings.realtime_max_message_bytes as usize;
        if serde_json::to_string(&meta).map_err(Error::internal)?.len() > limit {
            return Err(Error::limit_exceeded(
                "presenceBytes",
                limit,
                format!("A presence may have at most {limit} bytes"),
            ));
        }
        self.shared
            .figures
            .events_in
            .with_label_values(&["presence"])
            .inc();
        let number = self.shared.next_reference.fetch_add(1, Ordering::Relaxed);
        let next = Entry {
            reference: format!(
                "{}-{number:x}",
                &self.shared.server.simple().to_string()[..8]
            )
            .into(),
            previous: self
                .entry
                .as_ref()
                .map(|entry| Arc::clone(&entry.reference)),
            meta: Arc::new(meta),
            origin: self.shared.server,
        };
        self.shared
            .change_presence(&self.topic, |topic| topic.present(&self.key, next.clone()));
        self.shared.bridge.relay(RelayMessage::Join {
            private: self.topic.key.private,
            channel: Arc::clone(&self.topic.key.name),
            key: Arc::clone(&self.key),
            entry: next.clone(),
        });
        if let Some(previous) = self.entry.replace(next) {
            self.withdraw(&previous.reference);
        }
        Ok(())
    }

    /// The reference of the present entry.
    pub fn reference(&self) -> Arc<str> {
        self.entry
            .as_ref()
            .map(|entry| Arc::clone(&entry.reference))
            .unwrap_or_default()
    }

    fn withdraw(&self, reference: &Arc<str>) {
        self.shared
            .change_presence(&self.topic, |topic| topic.absent(&self.key, reference));
        self.shared.bridge.relay(RelayMessage::Leave {
            private: self.topic.key.private,
            channel: Arc::clone(&self.topic.key.name),
            key: Arc::clone(&self.key),
            reference: Arc::clone(reference),
        });
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // Without a runtime the process ends, and with it every presence.
        if let (Some(entry), Ok(_)) = (self.entry.take(), tokio::runtime::Handle::try_current()) {
            self.withdraw(&entry.reference);
        }
    }
}
