//! `documents.settle_generation`: a document, a prompt or what is made of a project says that it could not be written,
//! where its row was held when the job ended that had to do it. Queues do not wait for people; this does.

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::jobs::{JobContext, JobError, Outcome};

const SETTLE: &str = "select private.settle_text($1, $2, $3, $4, $5, true)";

/// Which text of which job, and why it was not written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    job: Uuid,
    #[serde(rename = "type")]
    job_type: String,
    /// What the job's payload said of the text.
    text: Value,
    was_stopped: bool,
    error: String,
}

/// Writes that it failed or was stopped, and why.
///
/// # Errors
/// When the database refuses or does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let Payload {
        job,
        job_type,
        text,
        was_stopped,
        error,
    } = payload;
    let step = context.transaction().await?;
    step.execute(SETTLE, &[&job, &job_type, &text, &was_stopped, &error])
        .await?;
    step.complete(Value::Null).await
}
