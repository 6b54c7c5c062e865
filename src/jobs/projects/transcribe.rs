//! `projects.transcribe`: has a model write down what a recording says.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    answers::{self, AnswerError, Recording, Transcript},
    auth::Caller,
    error::{Code, Error},
    jobs::{JobContext, JobError, Outcome},
    models::chat::Sound,
    role::Role,
    storage::{AudioFacts, StorageError},
};

const BUCKET: &str = "audio-recordings";
/// As large as the bucket takes.
const FILE_MAX_BYTES: u64 = 50 << 20;
/// As long as a row's text may be.
const TEXT_MAX_CHARS: usize = 1_000_000;
/// What failed before may be tried again. Where it says already that it is being written down, nothing is written: whoever
/// holds the row keeps nobody waiting.
const BEGIN: &str = "
    with begun as (
      update public.audio_recordings set transcription_status = 'processing', transcription_error = null
      where id = $1 and (transcription_status <> 'processing' or transcription_error is not null)
    )
    select storage_path, mime_type from public.audio_recordings where id = $1";
const KEEP: &str = "
    update public.audio_recordings
    set transcription = $2, transcription_status = 'completed', transcription_error = null, transcribed_at = now(),
      transcription_language = coalesce($3, transcription_language)
    where id = $1";

/// Which recording, how, and as whom its file is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    recording_id: Uuid,
    language: Option<String>,
    provider: Option<String>,
    model: Option<String>,
    claims: Map<String, Value>,
}

/// Reads the file, asks, and writes what was said.
///
/// # Errors
/// When the recording or its file is gone, the model does not answer or refuses, the place of files or the database does
/// not answer, or the job is another's by now.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let (app, Some(user)) = (context.app(), context.owner()) else {
        return Ok(Outcome::nothing());
    };
    let client = app.db.system().await?;
    let row = client.query_opt(BEGIN, &[&payload.recording_id]).await?;
    drop(client);
    let row = row.ok_or_else(gone)?;
    let caller = Caller::from_claims(Role::Authenticated, payload.claims);
    let (sound, seconds) = hear(context, &caller, row.get(0), row.get(1)).await?;
    let recording = Recording {
        user,
        provider: payload.provider,
        model: payload.model,
        sound: Sound {
            language: payload.language.clone(),
            ..sound
        },
        seconds,
    };
    let transcript = asked(context, recording).await?;
    // PostgreSQL has no such character in a text.
    let said = transcript.text.trim().chars().filter(|c| *c != '\0');
    let text: String = said.take(TEXT_MAX_CHARS).collect();
    let language = payload.language.or_else(|| transcript.language.clone());
    let step = context.transaction().await?;
    let record = transcript.finish(&step).await?;
    let values: [&(dyn postgres_types::ToSql + Sync); 3] =
        [&payload.recording_id, &text, &language];
    if step.execute(KEEP, &values).await? == 0 {
        // It cost what it cost.
        step.commit().await?;
        record.kept();
        return Err(gone());
    }
    let result = json!({"recordingId": payload.recording_id, "callId": record.id});
    let outcome = step.complete(result).await?;
    record.kept();
    Ok(outcome)
}

fn gone() -> JobError {
    let said = "The recording was deleted before it was transcribed";
    JobError::Fatal(Error::new(Code::NotFound, said))
}

/// The file, as far as the caller may read it, and how long it says that it is.
async fn hear(
    context: &JobContext,
    caller: &Caller,
    path: &str,
    named: &str,
) -> Result<(Sound, Option<f64>), JobError> {
    let storage = &context.app().storage;
    storage.check_ours().map_err(of_storage)?;
    let (object, bytes) = match storage.read(caller, BUCKET, path, FILE_MAX_BYTES).await {
        Ok(found) => found,
        Err(error) if error.code == "NoSuchKey" => {
            let said = "The recording has no file, or you may no longer read it";
            return Err(JobError::Fatal(Error::new(Code::NotFound, said)));
        }
        Err(error) => return Err(of_storage(error)),
    };
    let media_type = canonical(&object.metadata.mimetype).unwrap_or(named);
    let sound = Sound {
        file_name: format!("recording.{}", ending(media_type)),
        media_type: media_type.to_owned(),
        bytes: bytes.clone(),
        language: None,
    };
    let facts = tokio::task::spawn_blocking(move || AudioFacts::read(&bytes)).await;
    let facts = facts.map_err(Error::internal)?;
    Ok((sound, facts.and_then(|facts| facts.duration_s)))
}

/// What the place of files refuses, it refuses again.
fn of_storage(error: StorageError) -> JobError {
    AnswerError::Public(error.into()).into()
}

/// The type of a content, by the name that recordings have for it.
fn canonical(media_type: &str) -> Option<&'static str> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    Some(match essence {
        "audio/mpeg" | "audio/mp3" | "audio/x-mpeg" => "audio/mpeg",
        "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => "audio/wav",
        "audio/webm" | "video/webm" => "audio/webm",
        "audio/ogg" | "audio/opus" | "application/ogg" => "audio/ogg",
        "audio/mp4" | "audio/m4a" | "audio/x-m4a" | "video/mp4" => "audio/mp4",
        "audio/aac" => "audio/aac",
        _ => return None,
    })
}

/// By what a file's name tells its format.
fn ending(media_type: &str) -> &'static str {
    match media_type {
        "audio/mpeg" => "mp3",
        "audio/wav" => "wav",
        "audio/webm" => "webm",
        "audio/ogg" => "ogg",
        "audio/aac" => "aac",
        _ => "m4a",
    }
}

/// Asks, and leaves when the job is to end: then the call is recorded as interrupted.
async fn asked(context: &JobContext, recording: Recording) -> Result<Transcript, JobError> {
    tokio::select! {
        biased;
        () = context.cancelled().cancelled() => {
            let said = "It was stopped before the recording was transcribed";
            Err(JobError::Retry(Error::new(Code::Conflict, said)))
        }
        // Providers say nothing until they have heard the whole.
        transcript = context.signing(answers::transcribe(context.app(), recording)) => Ok(transcript?),
    }
}
