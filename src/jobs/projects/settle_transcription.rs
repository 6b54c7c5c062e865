//! `projects.settle_transcription`: a recording that could not be written down says so, where its row was held when the
//! job ended that had to do it. Queues do not wait for people; this does.

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::jobs::{JobContext, JobError, Outcome};

// Of its own: a statement that waited for the row would look at jobs as they were before.
const HOLD: &str = "select from public.audio_recordings where id = $1 for no key update";
// Another try may have begun since.
const SETTLE: &str = "
    update public.audio_recordings r set transcription_status = 'failed', transcription_error = $2
    where r.id = $1 and r.transcription_status = 'processing' and not exists (
      select from public.job_queue j
      where j.unique_key = 'projects.transcribe:' || r.id and j.status in ('pending', 'processing'))";

/// Which recording, and why it was not written down.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    recording_id: Uuid,
    error: String,
}

/// Writes that it failed, and why.
///
/// # Errors
/// When the database refuses or does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let step = context.transaction().await?;
    step.execute(HOLD, &[&payload.recording_id]).await?;
    step.execute(SETTLE, &[&payload.recording_id, &payload.error])
        .await?;
    step.complete(Value::Null).await
}
