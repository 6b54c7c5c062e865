//! `presence`: who is on a channel.

use std::sync::Arc;

use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::{StreamContext, Values, channel::Arguments};
use crate::{
    error::Result,
    realtime::channels::{Entry, PresenceEvent, PresenceState},
};

pub(super) const NAME: &str = "presence";

pub(super) const SDL: &str = r#"
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
"#;

pub(super) async fn open(context: StreamContext, arguments: Arguments) -> Result<Values> {
    let Arguments { channel, private } = &arguments;
    let events = context
        .channels
        .presence(&context.caller, channel, *private)
        .await?;
    let values = events.map(|event| event.map(|event| value(&event))).boxed();
    Ok(context.while_allowed(values, arguments, |allowed| allowed.presence))
}

fn value(event: &PresenceEvent) -> Value {
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
    let entry = |key: &Arc<str>, shown: &Entry| json!({"key": key, "reference": shown.reference, "previous": shown.previous, "meta": *shown.meta});
    let all = state
        .iter()
        .flat_map(|(key, entries)| entries.iter().map(move |shown| (key, shown)));
    all.map(|(key, shown)| entry(key, shown)).collect()
}
