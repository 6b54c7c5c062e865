//! `trackPresence`: shows the caller on a channel.

use serde_json::{Map, Value, json};

use crate::{
    actions::{ActionContext, Outcome},
    error::{Error, Result},
    realtime::channels::Channels,
};

pub(super) const SDL: &str = r#"
"A presence that was tracked."
type TrackedPresence {
  "Names this entry; a new one at every change."
  reference: String!
  "How long it lasts unless it is tracked again, in milliseconds."
  lastsMs: Int!
}

extend type Mutation {
  """
  Shows the caller on a channel, under a key, until untrackPresence or for a minute unless it is repeated; also
  changes what is shown. On a private channel a policy for insert on realtime.messages has to let the caller.
  """
  trackPresence(
    "The name of the channel."
    channel: String!
    "Under which key, for example the user's id."
    key: String!
    "What is shown: an object. Nothing, when it is left out or null."
    meta: JSON
    "Whether the private channel of that name is meant."
    private: Boolean! = false
  ): TrackedPresence!
}
"#;

arguments! { channel: String, key: String, meta: Option<Value>, private: bool }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        channel,
        key,
        meta,
        private,
    } = arguments;
    let meta: Map<String, Value> = match meta {
        None => Map::new(),
        Some(Value::Object(meta)) => meta,
        Some(_) => {
            return Err(Error::bad_input("What is shown has to be an object").with("field", "meta"));
        }
    };
    let caller = &context.request.caller;
    let address = context.request.client_ip;
    context.app.channels.count_tracking(caller, address)?;
    let reference = context
        .app
        .channels
        .track(caller, &channel, private, &key, meta)
        .await?;
    let lasts_ms = u64::try_from(Channels::lease().as_millis()).unwrap_or(u64::MAX);
    Ok(Outcome::Value(
        json!({"reference": reference, "lastsMs": lasts_ms}),
    ))
}
