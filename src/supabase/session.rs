//! What a socket has joined, and what its messages do.

use std::{net::IpAddr, sync::Arc, time::Instant};

use serde_json::{Value, json, value::RawValue};

use super::{
    Server,
    channel::Channel,
    frame::{self, Incoming, Outgoing, Pushed, Version},
    rate::Rate,
    refusal::Refusal,
    socket::Socket,
    websocket::{self, Message, Opcode},
};
use crate::{
    auth::Caller,
    realtime::channels::{BroadcastMessage, Ending, Payload, inner_payload},
};

/// The state of one socket's conversation.
pub(super) struct Session {
    pub(super) server: Arc<Server>,
    pub(super) socket: Arc<Socket>,
    pub(super) version: Version,
    /// Who opened the connection; a join may name somebody else.
    pub(super) caller: Arc<Caller>,
    /// Where the client is; callers without a token share what is allowed there.
    pub(super) address: Option<IpAddr>,
    pub(super) joined: Vec<Channel>,
    pub(super) joins: Rate,
}

/// What a message asks for that has to be waited for.
pub(super) enum Work {
    /// `phx_join`.
    Join { to: Reference, payload: Value },
    /// A broadcast on a private channel on which the right to send is not known yet.
    Broadcast {
        to: Reference,
        message: Arc<BroadcastMessage>,
    },
    /// A presence message on such a channel.
    Presence { to: Reference, payload: Value },
    /// `access_token`.
    Token { topic: String, token: String },
    /// The time has come to look again at tokens and rights.
    Recheck,
}

/// What a reply repeats of the message that it answers.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) join_ref: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) topic: String,
}

impl Session {
    /// A session that has joined nothing.
    pub(super) fn new(
        server: Arc<Server>,
        socket: Arc<Socket>,
        version: Version,
        caller: Arc<Caller>,
        address: Option<IpAddr>,
    ) -> Self {
        let joins_per_second = server.channels.settings().realtime_max_joins_per_second;
        Session {
            joins: Rate::new(joins_per_second, Instant::now()),
            server,
            socket,
            version,
            caller,
            address,
            joined: Vec::new(),
        }
    }

    /// Takes a message. What has to be waited for comes back.
    pub(super) fn handle(&mut self, message: Message) -> Option<Work> {
        let decoded = match &message {
            Message::Text(text) => frame::decode_text(self.version, text),
            Message::Binary(bytes) => frame::decode_binary(bytes),
            Message::Ping(bytes) => {
                self.socket
                    .outbox
                    .push(websocket::frame(Opcode::Pong, bytes));
                return None;
            }
            Message::Pong => return None,
            Message::Close(code) => {
                self.socket
                    .outbox
                    .end(Ending::Close(code.unwrap_or(1000), ""));
                return None;
            }
        };
        match decoded {
            Ok(incoming) => self.dispatch(&incoming),
            // As on Supabase's server: one bad message ends nothing.
            Err(malformed) => {
                tracing::debug!(%malformed, "a realtime client sent something else");
                None
            }
        }
    }

    fn dispatch(&mut self, incoming: &Incoming<'_>) -> Option<Work> {
        if incoming.topic == "phoenix" && incoming.event == "heartbeat" {
            self.reply(incoming, "ok", json!({}));
            return None;
        }
        if incoming.event == "phx_join" {
            return Some(Work::Join {
                to: Reference::of(incoming),
                payload: value_of(&incoming.payload),
            });
        }
        let Some(index) = self
            .joined
            .iter()
            .position(|joined| *joined.topic == *incoming.topic)
        else {
            // Leaving what one has not joined succeeds.
            let (status, response) = match &*incoming.event {
                "phx_leave" => ("ok", json!({})),
                _ => ("error", json!({"reason": "unmatched topic"})),
            };
            self.reply(incoming, status, response);
            return None;
        };
        if incoming.join_ref.is_some()
            && incoming.join_ref.as_deref() != self.joined[index].join_ref.as_deref()
        {
            // It belongs to an earlier join of the same topic.
            if incoming.event == "phx_leave" {
                self.reply(incoming, "ok", json!({}));
            }
            return None;
        }
        match &*incoming.event {
            "phx_leave" => {
                self.reply(incoming, "ok", json!({}));
                self.close(index);
                None
            }
            "broadcast" => self.broadcast(index, incoming),
            "presence" => self.presence(index, incoming),
            "access_token" => self.access_token(index, incoming),
            _ => None,
        }
    }

    fn broadcast(&mut self, index: usize, incoming: &Incoming<'_>) -> Option<Work> {
        let (channels, caller) = (&self.server.channels, &self.joined[index].caller);
        if channels.count_broadcasts(caller, self.address, 1).is_err() {
            self.shut(index, "Too many messages per second");
            return None;
        }
        let joined = &self.joined[index];
        let Some(message) = broadcast_of(joined, &incoming.payload) else {
            self.acknowledge(
                index,
                incoming,
                Err("InvalidBroadcastPayload: A broadcast needs an event and a payload"),
            );
            return None;
        };
        let message = Arc::new(message);
        match joined.may_broadcast() {
            None => Some(Work::Broadcast {
                to: Reference::of(incoming),
                message,
            }),
            Some(allowed) => {
                let outcome = self.publish(index, &message, allowed);
                self.acknowledge(
                    index,
                    incoming,
                    outcome.as_ref().copied().map_err(String::as_str),
                );
                None
            }
        }
    }

    /// Sends a broadcast, if that is allowed.
    pub(super) fn publish(
        &self,
        index: usize,
        message: &Arc<BroadcastMessage>,
        allowed: bool,
    ) -> Result<(), String> {
        let joined = &self.joined[index];
        if !allowed {
            self.server
                .figures()
                .dropped
                .with_label_values(&["unauthorized"])
                .inc();
            return Err(Refusal::no_write(joined.name()).to_string());
        }
        if self.server.channels.check_size(message).is_err() {
            return Err("PayloadTooLarge: The message is longer than this server takes".to_owned());
        }
        let sender = (!joined.self_broadcast).then_some(&joined.membership);
        self.server.channels.publish(message, sender);
        Ok(())
    }

    /// Confirms a broadcast, where the client asked for that.
    fn acknowledge(&self, index: usize, incoming: &Incoming<'_>, outcome: Result<(), &str>) {
        if self.joined[index].ack {
            match outcome {
                Ok(()) => self.reply(incoming, "ok", json!({})),
                Err(reason) => self.reply(incoming, "error", json!({"reason": reason})),
            }
        }
    }

    fn presence(&mut self, index: usize, incoming: &Incoming<'_>) -> Option<Work> {
        let (channels, caller) = (&self.server.channels, &self.joined[index].caller);
        if channels.count_tracking(caller, self.address).is_err() {
            self.shut(index, "Client presence rate limit exceeded");
            return None;
        }
        let (to, payload) = (Reference::of(incoming), value_of(&incoming.payload));
        match self.joined[index].may_be_present() {
            None => Some(Work::Presence { to, payload }),
            Some(allowed) => {
                self.change_presence(index, &to, &payload, allowed);
                None
            }
        }
    }

    /// Does what a presence message says, and replies.
    pub(super) fn change_presence(
        &mut self,
        index: usize,
        to: &Reference,
        payload: &Value,
        allowed: bool,
    ) {
        let outcome = self.joined[index].change_presence(&self.server.channels, payload, allowed);
        match outcome {
            Ok(greet) => {
                self.answer(to, "ok", json!({}));
                if greet {
                    let joined = &self.joined[index];
                    let present = joined.membership.present();
                    self.push(
                        joined.join_ref.as_deref(),
                        &joined.topic,
                        "presence_state",
                        &present,
                    );
                }
            }
            Err(refusal) => self.answer(to, "error", json!({"reason": refusal.to_string()})),
        }
    }

    fn access_token(&mut self, index: usize, incoming: &Incoming<'_>) -> Option<Work> {
        let payload = value_of(&incoming.payload);
        let token = payload.get("access_token").and_then(Value::as_str)?;
        // The new API keys are no tokens; whoever uses one keeps what the connection brought.
        if token.starts_with("sb_") || self.joined[index].token.as_deref() == Some(token) {
            return None;
        }
        Some(Work::Token {
            topic: incoming.topic.to_string(),
            token: token.to_owned(),
        })
    }

    /// Whom a token names, seen where the client is.
    ///
    /// # Errors
    /// When the token is not valid.
    pub(super) async fn verify(&self, token: &str) -> Result<Arc<Caller>, Refusal> {
        let caller = self.server.verify(token).await?;
        Ok(caller.seen_at(self.address))
    }

    /// Called when the registry asks for it: a token has run out, or rights are to be checked again.
    pub(super) fn look(&mut self) -> Option<Work> {
        Some(Work::Recheck)
    }

    /// Ends a join with a reason that the client is told.
    pub(super) fn shut(&mut self, index: usize, reason: &str) {
        let joined = &self.joined[index];
        let system = json!({"extension": "system", "status": "error", "message": reason, "channel": joined.name()});
        self.push(joined.join_ref.as_deref(), &joined.topic, "system", &system);
        self.close(index);
    }

    /// Ends a join; the client is told that the channel is closed.
    pub(super) fn close(&mut self, index: usize) {
        let joined = self.joined.remove(index);
        let reference = joined.join_ref.as_deref();
        let message = Outgoing {
            join_ref: reference,
            reference,
            topic: &joined.topic,
            event: "phx_close",
            payload: json!({}),
        };
        self.send(&message);
        drop(joined);
        self.note();
    }

    /// Tells the registry on whose behalf this socket is open, and until when.
    pub(super) fn note(&self) {
        let mut callers: Vec<Arc<Caller>> = self
            .joined
            .iter()
            .map(|joined| Arc::clone(&joined.caller))
            .collect();
        callers.dedup_by(|one, other| Arc::ptr_eq(one, other));
        let deadline = self.joined.iter().filter_map(Channel::deadline).min();
        self.socket.note(callers, deadline);
    }

    /// Pushes an event of one join.
    pub(super) fn push<P: serde::Serialize>(
        &self,
        join_ref: Option<&str>,
        topic: &str,
        event: &str,
        payload: &P,
    ) {
        self.send(&Outgoing {
            join_ref,
            reference: None,
            topic,
            event,
            payload,
        });
    }

    fn reply(&self, to: &Incoming<'_>, status: &str, response: Value) {
        self.socket
            .outbox
            .push(frame::reply(self.version, to, status, response));
    }

    /// Answers a message that was put aside.
    pub(super) fn answer(&self, to: &Reference, status: &str, response: Value) {
        self.send(&Outgoing {
            join_ref: to.join_ref.as_deref(),
            reference: to.reference.as_deref(),
            topic: &to.topic,
            event: "phx_reply",
            payload: json!({"status": status, "response": response}),
        });
    }

    fn send<P: serde::Serialize>(&self, message: &Outgoing<'_, P>) {
        self.socket.outbox.push(message.encode(self.version));
    }
}

impl Reference {
    fn of(incoming: &Incoming<'_>) -> Self {
        Reference {
            join_ref: incoming.join_ref.as_deref().map(str::to_owned),
            reference: incoming.reference.as_deref().map(str::to_owned),
            topic: incoming.topic.to_string(),
        }
    }
}

/// The payload as a value; what is not JSON is nothing.
fn value_of(payload: &Pushed<'_>) -> Value {
    match payload {
        Pushed::Json(json) => serde_json::from_str(json.get()).unwrap_or_default(),
        Pushed::Broadcast { .. } => Value::Null,
    }
}

/// The broadcast that a client's message asks for.
fn broadcast_of(joined: &Channel, payload: &Pushed<'_>) -> Option<BroadcastMessage> {
    #[derive(serde::Deserialize)]
    struct Whole {
        event: String,
    }
    let message =
        |event: &str, payload| BroadcastMessage::new(joined.name(), joined.private, event, payload);
    match payload {
        Pushed::Json(json) => {
            let event = serde_json::from_str::<Whole>(json.get()).ok()?.event;
            let whole: Box<RawValue> = (*json).to_owned();
            Some(BroadcastMessage {
                whole: Some(whole),
                ..message(&event, inner_payload(json))
            })
        }
        Pushed::Broadcast {
            event,
            payload,
            json: true,
        } => {
            let text = std::str::from_utf8(payload).ok()?.to_owned();
            Some(message(
                event,
                Payload::Json(RawValue::from_string(text).ok()?),
            ))
        }
        Pushed::Broadcast {
            event,
            payload,
            json: false,
        } => Some(message(
            event,
            Payload::Binary(bytes::Bytes::copy_from_slice(payload)),
        )),
    }
}
