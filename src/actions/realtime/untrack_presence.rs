//! `untrackPresence`: takes the caller off a channel.

use serde::Deserialize;
use serde_json::Value;

use crate::actions::{Action, Outcome};

const SDL: &str = r#"
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

#[derive(Deserialize)]
struct Arguments {
    channel: String,
    key: String,
    private: bool,
}

/// The action.
pub fn action() -> Action {
    Action::new(SDL, |context, arguments: Arguments| {
        Box::pin(async move {
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
            let ended =
                context
                    .app
                    .channels
                    .untrack(&context.request.caller, &channel, private, &key)?;
            Ok(Outcome::Value(Value::Bool(ended)))
        })
    })
}
