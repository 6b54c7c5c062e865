//! `health.check`: looks at the figures of health once a minute, and raises and resolves alerts.
//!
//! The database decides, so that several servers raise one alert. Who else is told is told by jobs, which are put into
//! the queue together with the alert.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::jobs::{JobContext, JobError, Outcome};

const CHECK: &str = "select event, alert from private.check_alerts($1)";
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
    let rows = step.query(CHECK, &[&settings.callers.quotas()]).await?;
    let events: Vec<(String, Value)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    for (event, alert) in &events {
        for (_, job) in listeners.iter().filter(|(listens, _)| *listens) {
            let payload = json!({"event": event, "alert": alert});
            step.query(ENQUEUE, &[job, &payload]).await?;
        }
    }
    let count = |what: &str| events.iter().filter(|(event, _)| event == what).count();
    let result = json!({"raised": count("raised"), "resolved": count("resolved")});
    let outcome = step.complete(result).await?;
    for (event, alert) in &events {
        say(event, alert);
    }
    Ok(outcome)
}

/// An alert's line in the log. It names nobody.
fn say(event: &str, alert: &Value) {
    let text = |name: &str| alert[name].as_str().unwrap_or_default();
    let (kind, message) = (text("kind"), text("message"));
    let threshold = &alert["threshold"];
    match event {
        "raised" => tracing::warn!(kind, %threshold, "alert: {message}"),
        _ => tracing::info!(kind, %threshold, "alert resolved: {message}"),
    }
}
