//! `health.webhook`: sends an alert to the operator's address, signed.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    jobs::{JobContext, JobError, Outcome},
    upkeep::{alerts::Event, webhook},
};

/// What happened to which alert.
#[derive(Deserialize)]
pub struct Payload {
    event: String,
    alert: Value,
}

/// Sends it once.
///
/// # Errors
/// When the address does not answer in time, or with another status than success: it is tried again.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let Payload { event, alert } = payload;
    let settings = &context.app().settings.alerts;
    let sent = webhook::send(settings, context.id(), &Event { event, alert }).await;
    let result = match sent.map_err(JobError::Retry)? {
        Some(status) => json!({"sent": true, "status": status.as_u16()}),
        None => json!({"sent": false}),
    };
    Ok(Outcome::Done(result))
}
