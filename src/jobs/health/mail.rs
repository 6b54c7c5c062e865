//! `health.mail`: tells all administrators of an alert by mail.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::jobs::{JobContext, JobError, Outcome};

/// What happened to which alert.
#[derive(Deserialize)]
pub struct Payload {
    event: String,
    alert: Value,
}

/// Puts the mails into the outbox.
///
/// # Errors
/// When the database refuses or does not answer.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let text = |name: &str| payload.alert[name].as_str().unwrap_or_default();
    let is_new = payload.event == "raised";
    let subject = match is_new {
        true => format!("Alert: {}", text("message")),
        false => format!("Alert resolved, now: {}", text("message")),
    };
    let since = text("raised_at");
    let threshold = &payload.alert["threshold"];
    let body = format!(
        "{}.\n\nThe threshold is {threshold} ({}). Raised at {since}.\n\nAdministrators see all figures with \
         `healthReport`, and change thresholds with `updateSystemSettings`.\n",
        text("message"),
        text("kind"),
    );
    let accounts = &context.app().accounts;
    let mails = accounts.mail_administrators(&subject, &body).await?;
    Ok(Outcome::Done(json!({ "mails": mails })))
}
