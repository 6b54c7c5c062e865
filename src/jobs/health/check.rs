//! `health.check`: looks at the figures of health once a minute, and raises and resolves alerts.
//!
//! Who else is told is told by jobs, which are put into the queue together with the alert.

use serde::Deserialize;
use serde_json::json;

use crate::{
    jobs::{JobContext, JobError, Outcome},
    upkeep::alerts,
};

const ENQUEUE: &str = "select private.enqueue_job($1, $2)";

/// Nothing to say.
#[derive(Deserialize)]
pub struct Payload {}

/// Looks once.
///
/// # Errors
/// When the database refuses or does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, _payload: Payload) -> Result<Outcome, JobError> {
    let settings = &context.app().settings;
    let listeners = [
        (
            settings.alerts.alert_webhook_url.is_some(),
            "health.webhook",
        ),
        (settings.alerts.alert_mails, "health.mail"),
    ];
    let step = context.transaction().await?;
    let events = alerts::check(&step, settings).await?;
    for told in &events {
        for (_, job) in listeners.iter().filter(|(listens, _)| *listens) {
            let payload = json!({"event": told.event, "alert": told.alert});
            step.query(ENQUEUE, &[job, &payload]).await?;
        }
    }
    let count = |what: &str| events.iter().filter(|told| told.event == what).count();
    let result = json!({"raised": count("raised"), "resolved": count("resolved")});
    let outcome = step.complete(result).await?;
    for told in &events {
        told.say();
    }
    Ok(outcome)
}
