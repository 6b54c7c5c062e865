//! One channel that a socket has joined.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::Value;

use super::refusal::Refusal;
use crate::{
    auth::Caller,
    realtime::channels::{Access, Channels, Membership, Presence},
};

/// A join, which ends when this is dropped.
pub(super) struct Channel {
    /// The topic as the client names it, `realtime:NAME`.
    pub(super) topic: Box<str>,
    pub(super) join_ref: Option<Box<str>>,
    pub(super) private: bool,
    pub(super) ack: bool,
    pub(super) self_broadcast: bool,
    /// Whether the client is told who comes and goes.
    pub(super) presence_enabled: bool,
    pub(super) presence_key: Box<str>,
    /// The token that the join or a refresh brought, when it is not the connection's.
    pub(super) token: Option<Box<str>>,
    pub(super) caller: Arc<Caller>,
    pub(super) read: Access,
    /// What may be written: known from the first attempt on.
    pub(super) write: Option<Access>,
    /// When the rights were checked, for private channels.
    pub(super) recheck_at: Option<SystemTime>,
    pub(super) membership: Membership,
    pub(super) presence: Option<Presence>,
    pub(super) changes: Option<super::changes::ChangesTask>,
}

impl Channel {
    /// The channel's name.
    pub(super) fn name(&self) -> &str {
        self.topic.strip_prefix("realtime:").unwrap_or(&self.topic)
    }

    /// Whether broadcasts may be sent; nothing while that is not known.
    pub(super) fn may_broadcast(&self) -> Option<bool> {
        if self.private {
            self.write.map(|access| access.broadcast)
        } else {
            Some(true)
        }
    }

    /// Whether presence may be tracked; nothing while that is not known.
    pub(super) fn may_be_present(&self) -> Option<bool> {
        if self.private {
            self.write.map(|access| access.presence)
        } else {
            Some(true)
        }
    }

    /// When something about this join has to be looked at.
    pub(super) fn deadline(&self) -> Option<SystemTime> {
        [self.caller.expires_at, self.recheck_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// Sets when the rights are to be checked again.
    pub(super) fn checked(&mut self, again_in: Duration) {
        self.recheck_at = self.private.then(|| SystemTime::now() + again_in);
    }

    /// Does what a presence message says. True when the client is told from now on who is there, and was
    /// not before.
    pub(super) fn change_presence(
        &mut self,
        channels: &Channels,
        payload: &Value,
        allowed: bool,
    ) -> Result<bool, Refusal> {
        let event = payload
            .get("event")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if event.eq_ignore_ascii_case("untrack") {
            self.presence = None;
            return Ok(false);
        }
        if !event.eq_ignore_ascii_case("track") {
            return Err(Refusal::new(
                "UnknownPresenceEvent",
                "The event must be track or untrack",
            ));
        }
        if !allowed {
            return Err(Refusal::no_write(self.name()));
        }
        let meta = match payload.get("payload") {
            None => serde_json::Map::new(),
            Some(Value::Object(meta)) => meta.clone(),
            Some(_) => {
                return Err(Refusal::new(
                    "InvalidPresencePayload",
                    "Presence track payload must be a map",
                ));
            }
        };
        match &mut self.presence {
            Some(presence) => presence
                .update(meta)
                .map_err(|error| Refusal::from(&error))?,
            None => {
                let presence = channels.appear(self.name(), self.private, &self.presence_key, meta);
                self.presence = Some(presence.map_err(|error| Refusal::from(&error))?);
            }
        }
        let greet = !self.presence_enabled && self.read.presence;
        if greet {
            self.presence_enabled = true;
            self.membership.permit(self.read.broadcast, true);
        }
        Ok(greet)
    }
}
