//! The subscriptions to channels: broadcasts, and who is there.

use std::{sync::Arc, time::Duration};

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Graphql, RequestContext, Response, ResponseStream, response::encode_event};
use crate::{
    auth::Caller,
    engine::{answer::write_value, encode::Fields, outcome::ValueShape},
    error::{Error, Result},
    realtime::channels::{
        Access, BroadcastMessage, Channels, Entry, Payload, PresenceEvent, PresenceState,
    },
    schema::StreamDefinition,
};

/// The streams of channels.
pub(super) const DEFINITIONS: [StreamDefinition; 2] = [
    StreamDefinition {
        name: "broadcast",
        sdl: r#"
"A message that somebody sent to a channel."
type BroadcastMessage {
  "The name of the channel."
  channel: String!
  "What kind of message it is."
  event: String!
  "The message; null when it is bytes."
  payload: JSON
  "The message in base64 when it is bytes."
  bytes: String
  "The message's id when it was sent from SQL."
  id: UUID
}

extend type Subscription {
  """
  What is sent to a channel from now on. On a private channel a policy for select on realtime.messages has to let
  the caller.
  """
  broadcast(
    "The name of the channel."
    channel: String!
    "Whether the private channel of that name is meant."
    private: Boolean! = false
  ): BroadcastMessage!
}
"#,
    },
    StreamDefinition {
        name: "presence",
        sdl: r#"
"Somebody who is present on a channel."
type PresenceEntry {
  "The key under which they are shown; several may share one."
  key: String!
  "Names this entry; a new one at every change."
  reference: String!
  "The entry that this one replaces."
  previous: String
  "What they show."
  meta: JSON!
}

"Who came to a channel and who went."
type PresenceEvent {
  "Whether joins is everybody who is there; so in the first event."
  complete: Boolean!
  "Who came."
  joins: [PresenceEntry!]!
  "Who went. Whoever came and went at once is in both lists."
  leaves: [PresenceEntry!]!
}

extend type Subscription {
  """
  Who is on a channel, then who comes and goes. On a private channel a policy for select on realtime.messages has
  to let the caller.
  """
  presence(
    "The name of the channel."
    channel: String!
    "Whether the private channel of that name is meant."
    private: Boolean! = false
  ): PresenceEvent!
}
"#,
    },
];

#[derive(Deserialize)]
struct Arguments {
    channel: String,
    private: bool,
}

impl Graphql {
    /// Opens the stream of that name; `root` and `shape` are where its values go in an answer, and what was
    /// selected of them.
    pub(super) async fn stream(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        (root, shape): (Fields<()>, ValueShape),
        context: RequestContext,
    ) -> Result<ResponseStream> {
        let Arguments { channel, private } = serde_json::from_value(Value::Object(arguments))
            .map_err(|error| Error::bad_input(error.to_string()))?;
        let channels = self.app().channels.clone();
        let caller = context.caller;
        let values: BoxStream<'static, Result<Value>> = match name {
            "presence" => {
                let events = channels.presence(&caller, &channel, private).await?;
                events
                    .map(|event| event.map(|event| presence_value(&event)))
                    .boxed()
            }
            _ => {
                let messages = channels
                    .subscribe_broadcast(&caller, &channel, private)
                    .await?;
                messages
                    .map(|message| message.map(|message| broadcast_value(&message)))
                    .boxed()
            }
        };
        let values = if private {
            while_allowed(values, channels, caller, channel, name == "presence")
        } else {
            values
        };
        Ok(Box::pin(values.map(move |value| match value {
            Ok(value) => answer(&root, &shape, &value),
            Err(error) => Response::refused(&[error]),
        })))
    }
}

/// The values, until the right to read them is withdrawn, which is checked now and then.
fn while_allowed(
    values: BoxStream<'static, Result<Value>>,
    channels: Channels,
    caller: Arc<Caller>,
    channel: String,
    presence: bool,
) -> BoxStream<'static, Result<Value>> {
    let every = Duration::from_millis(channels.settings().realtime_recheck_ms.max(100));
    let mut checks = tokio::time::interval(every);
    checks.reset();
    let state = (values, checks, false);
    let watched = stream::unfold(state, move |(mut values, mut checks, ended)| {
        let (channels, caller, channel) = (channels.clone(), caller.clone(), channel.clone());
        async move {
            if ended {
                return None;
            }
            loop {
                tokio::select! {
                    value = values.next() => return value.map(|value| (value, (values, checks, false))),
                    _ = checks.tick() => {
                        // While the database is away nothing is known against the caller.
                        let allowed = channels.may_read(&caller, &channel).await.unwrap_or(Access::FULL);
                        if !(if presence { allowed.presence } else { allowed.broadcast }) {
                            let error = Error::forbidden(format!("You may no longer read the private channel {channel}"));
                            return Some((Err(error), (values, checks, true)));
                        }
                    }
                }
            }
        }
    });
    watched.boxed()
}

fn broadcast_value(message: &BroadcastMessage) -> Value {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let (payload, bytes) = match &message.payload {
        Payload::Json(json) => (
            serde_json::from_str(json.get()).unwrap_or_default(),
            Value::Null,
        ),
        Payload::Binary(bytes) => (Value::Null, Value::from(STANDARD.encode(bytes))),
    };
    json!({"channel": message.channel, "event": message.event, "payload": payload, "bytes": bytes, "id": message.id})
}

fn presence_value(event: &PresenceEvent) -> Value {
    match event {
        PresenceEvent::State(state) => {
            json!({"complete": true, "joins": entries(state), "leaves": []})
        }
        PresenceEvent::Diff(diff) => {
            json!({"complete": false, "joins": entries(&diff.joins), "leaves": entries(&diff.leaves)})
        }
    }
}

fn entries(state: &PresenceState) -> Vec<Value> {
    let value = |key: &Arc<str>, entry: &Entry| json!({"key": key, "reference": entry.reference, "previous": entry.previous, "meta": *entry.meta});
    let all = state
        .iter()
        .flat_map(|(key, entries)| entries.iter().map(move |entry| (key, entry)));
    all.map(|(key, entry)| value(key, entry)).collect()
}

fn answer(root: &Fields<()>, shape: &ValueShape, value: &Value) -> Response {
    let body = encode_event(root, |out| {
        write_value(shape, value, out).map_err(Error::internal)
    });
    match body {
        Ok(body) => Response::ran(body),
        Err(error) => Response::refused(&[error]),
    }
}
