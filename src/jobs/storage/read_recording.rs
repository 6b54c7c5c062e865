//! `storage.read_recording`: how long a recording is, and what else its file says, goes into its row.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    error::Error,
    jobs::{JobContext, JobError, Outcome},
    storage::AudioFacts,
};

const BUCKET: &str = "audio-recordings";
/// As large as the bucket takes.
const FILE_MAX_BYTES: u64 = 50 << 20;
const PATH: &str = "select storage_path from public.audio_recordings where id = $1";
const WRITE: &str = "
    update public.audio_recordings
    set duration_seconds = coalesce(round($2::float8::numeric, 3), duration_seconds), sample_rate_hz = $3,
      channel_count = $4, tags = $5
    where id = $1";

/// Which recording.
#[derive(Deserialize)]
pub struct Payload {
    recording: Uuid,
}

/// Reads the file and writes what it says.
///
/// # Errors
/// When the place of files or the database does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let app = context.app();
    let client = app.db.system().await?;
    let Some(row) = client.query_opt(PATH, &[&payload.recording]).await? else {
        return Ok(Outcome::Done(json!({ "read": false })));
    };
    let path: String = row.get(0);
    drop(client);
    let bytes = match app.storage.read_any(BUCKET, &path, FILE_MAX_BYTES).await {
        Ok((_, bytes)) => bytes,
        // It went meanwhile.
        Err(error) if error.code == "NoSuchKey" => {
            return Ok(Outcome::Done(json!({ "read": false })));
        }
        Err(error) => return Err(Error::from(error).into()),
    };
    let facts = tokio::task::spawn_blocking(move || AudioFacts::read(&bytes)).await;
    let Some(facts) = facts.map_err(Error::internal)? else {
        return Ok(Outcome::Done(json!({ "read": false })));
    };
    let rate = facts
        .sample_rate_hz
        .and_then(|rate| i32::try_from(rate).ok());
    let channels = facts.channel_count.map(i32::from);
    let step = context.transaction().await?;
    let values: [&(dyn postgres_types::ToSql + Sync); 5] = [
        &payload.recording,
        &facts.duration_s,
        &rate,
        &channels,
        &facts.tags,
    ];
    step.execute(WRITE, &values).await?;
    step.complete(json!({ "read": true })).await
}
