//! `untrackPresence`: takes the caller off a channel.

use serde_json::Value;

use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Ends what trackPresence began; false when there was nothing to end."
  untrackPresence(
    "The name of the channel."
    channel: String!
    "The key under which the caller is shown."
    key: String!
    "Whether the private channel of that name is meant."
    private: Boolean! = false
  ): Boolean!
}
"#;

arguments! { channel: String, key: String, private: bool }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        channel,
        key,
        private,
    } = arguments;
    let request = context.request;
    context
        .app
        .channels
        .count_tracking(&request.caller, request.client_ip)?;
    let ended = context
        .app
        .channels
        .untrack(&context.request.caller, &channel, private, &key)?;
    Ok(Outcome::Value(Value::Bool(ended)))
}
