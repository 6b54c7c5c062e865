//! `broadcast`: what is sent to a channel.

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::{StreamContext, Values, channel::Arguments};
use crate::{
    error::Result,
    realtime::channels::{BroadcastMessage, Payload},
};

pub(super) const NAME: &str = "broadcast";

pub(super) const SDL: &str = r#"
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
"#;

pub(super) async fn open(context: StreamContext, arguments: Arguments) -> Result<Values> {
    let Arguments { channel, private } = &arguments;
    let messages = context
        .channels
        .subscribe_broadcast(&context.caller, channel, *private)
        .await?;
    let values = messages
        .map(|message| message.map(|message| value(&message)))
        .boxed();
    Ok(context.while_allowed(values, arguments, |allowed| allowed.broadcast))
}

fn value(message: &BroadcastMessage) -> Value {
    let (payload, bytes) = match &message.payload {
        Payload::Json(json) => (
            serde_json::from_str(json.get()).unwrap_or_default(),
            Value::Null,
        ),
        Payload::Binary(bytes) => (Value::Null, Value::from(STANDARD.encode(bytes))),
    };
    json!({"channel": message.channel, "event": message.event, "payload": payload, "bytes": bytes, "id": message.id})
}
