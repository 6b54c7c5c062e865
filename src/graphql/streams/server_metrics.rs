//! `serverMetrics`: how the server fares, from moment to moment.

use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{StreamContext, Values};
use crate::{
    error::{Error, Reason, Result},
    metrics::Measured,
    records::server_name,
};

pub(super) const NAME: &str = "serverMetrics";

pub(super) const SDL: &str = r#"
"How a server fared since the event before, and what is so now."
type ServerMetrics {
  "Which server it is: each measures itself, and one of several answers."
  server: String!
  "When it was measured."
  at: DateTime!
  "Over how many milliseconds."
  overMs: Float!
  "GraphQL operations a second; of subscriptions, those that began."
  operations: Float!
  "Those a second of which something was refused or failed."
  errors: Float!
  "Those a second that failed by the server's doing."
  faults: Float!
  "Those a second that were refused because their caller asked for more than its share, or faster than it may."
  throttled: Float!
  "Within how many milliseconds half of them were answered; null without any."
  p50Ms: Float
  "Within how many milliseconds 99 of 100 were."
  p99Ms: Float
  "Changes of rows a second that the server read from the log."
  changes: Float!
  "Changes a second that it handed to subscribers, one per subscriber."
  changesDelivered: Float!
  "Attempts at jobs a second that began on this server."
  jobsBegun: Float!
  "Attempts at jobs a second that ended on it."
  jobsEnded: Float!
  "Open WebSockets and event streams, of all protocols."
  sockets: Int!
  "Open subscriptions to changes and channels, and live queries."
  subscriptions: Int!
  "Requests that wait for their turn at the database."
  requestsWaiting: Int!
  "Connections to the database that requests use."
  connectionsUsed: Int!
  "Connections that they may use at once."
  connections: Int!
  "Bytes of large answers that clients have not read yet."
  unreadBytes: BigInt!
  "The memory of the server's process; null where the system does not say."
  memoryBytes: BigInt
}

extend type Subscription {
  """
  How the server that is asked fares, from now on: the figures of /metrics, as rates of the time since the event before.
  For administrators.
  """
  serverMetrics(
    "From one event to the next, 1 to 300 seconds."
    everySeconds: Int! = 1
  ): ServerMetrics!
}
"#;

/// The longest time between two events.
const EVERY_MAX_SECONDS: u32 = 300;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Arguments {
    every_seconds: i64,
}

/// A token of somebody who is no administrator any more is none of a session: sessions end with the role, and their
/// sockets with them.
pub(super) async fn open(context: StreamContext, arguments: Arguments) -> Result<Values> {
    if !context.caller.is_admin() {
        let said = "This is for administrators only";
        return Err(Error::forbidden(said).because(Reason::NotAdmin));
    }
    let every = u32::try_from(arguments.every_seconds).ok();
    let every = every.filter(|every| (1..=EVERY_MAX_SECONDS).contains(every));
    let every = every.ok_or_else(|| {
        let said = format!("everySeconds is 1 to {EVERY_MAX_SECONDS}");
        Error::bad_input(said).with("field", "everySeconds")
    })?;
    let Some(watcher) = context.app.sampler.watch(every) else {
        return Ok(stream::empty().boxed());
    };
    let server = server_name();
    let values = stream::unfold((watcher, server), |(mut watcher, server)| async {
        let measured = watcher.next().await?;
        Some((Ok(value(&server, &measured)), (watcher, server)))
    });
    Ok(values.boxed())
}

fn value(server: &str, measured: &Measured) -> Value {
    let now = &measured.now;
    json!({
        "server": server,
        "at": measured.at,
        "overMs": measured.over_ms,
        "operations": measured.operations,
        "errors": measured.errors,
        "faults": measured.faults,
        "throttled": measured.throttled,
        "p50Ms": measured.p50_ms,
        "p99Ms": measured.p99_ms,
        "changes": measured.changes,
        "changesDelivered": measured.events,
        "jobsBegun": measured.attempts_begun,
        "jobsEnded": measured.attempts_ended,
        "sockets": whole(now.sockets),
        "subscriptions": whole(now.subscriptions),
        "requestsWaiting": whole(now.waiting),
        "connectionsUsed": whole(now.connections_used),
        "connections": whole(now.connections),
        "unreadBytes": whole(now.unread_bytes).to_string(),
        "memoryBytes": now.memory_bytes.map(|bytes| whole(bytes).to_string()),
    })
}

/// Gauges count in floats; those here are whole and not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast keeps within what the type can hold"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}
