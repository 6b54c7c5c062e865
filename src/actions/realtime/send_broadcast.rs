//! `sendBroadcast`: says something to everybody on a channel.

use serde_json::Value;

use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
    realtime::channels::{BroadcastMessage, json_payload},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Sends a message to everybody who listens to a channel, at once and not with the transaction: it cannot be
  taken back. On a private channel a policy for insert on realtime.messages has to let the caller.
  """
  sendBroadcast(
    "The name of the channel."
    channel: String!
    "What kind of message it is."
    event: String!
    "The message."
    payload: JSON!
    "Whether the private channel of that name is meant."
    private: Boolean! = false
  ): Boolean!
}
"#;

arguments! { channel: String, event: String, payload: Value, private: bool }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        channel,
        event,
        payload,
        private,
    } = arguments;
    let message = BroadcastMessage::new(&channel, private, &event, json_payload(&payload)?);
    let (channels, request) = (&context.app.channels, context.request);
    channels.count_broadcasts(&request.caller, request.client_ip, 1)?;
    channels.send(&request.caller, message).await?;
    Ok(Outcome::Value(Value::Bool(true)))
}
