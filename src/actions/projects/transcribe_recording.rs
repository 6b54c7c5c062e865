//! `transcribeRecording`: has a model write down what a recording says.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome, RowRef},
    answers::check_transcriber,
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Has a recording written down. It answers at once with the recording, whose `transcriptionStatus` is PROCESSING until the
  job has written `transcription`, or FAILED with `transcriptionError`; what was written before stays until then. `cancelJob`
  stops it. For those who may edit the project. It takes a key for openai, which takes 25 MB at most, or a compatible server.
  """
  transcribeRecording(
    "The recording."
    recordingId: UUID!
    "What is spoken, as an ISO 639 code such as `en`: the model need not guess then."
    language: String
    "Whose model: openai or compatible."
    provider: String
    "Which model: whisper-1, gpt-4o-transcribe or gpt-4o-mini-transcribe of openai, or the server's own; that one without it."
    model: String
  ): TranscribedRecording!
}
"A recording that is being written down."
type TranscribedRecording {
  "The recording."
  recording: AudioRecording
  "The job that does it."
  job: Job
}
"#;

const BEGIN: &str = "select public.transcribe_recording($1, $2)";
/// Whether the caller sees a recording, and no file of it.
const WANTS_FILE: &str = "
    select from public.audio_recordings r where r.id = $1 and not exists (
      select from storage.objects o where o.bucket_id = 'audio-recordings' and o.name = r.storage_path)";

arguments! {
    recording_id: Uuid,
    language: Option<String>,
    provider: Option<String>,
    model: Option<String>,
}

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    context.app.storage.check_ours()?;
    let is_code = |code: &String| {
        (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase())
    };
    if !arguments.language.as_ref().is_none_or(is_code) {
        let said = "language is an ISO 639 code of two or three small letters, such as en";
        return Err(Error::bad_input(said).with("field", "language"));
    }
    let (provider, model) = (arguments.provider.as_deref(), arguments.model.as_deref());
    check_transcriber(&context.app.settings.models, provider, model)?;
    let wishes = json!({
        "language": arguments.language,
        "provider": arguments.provider,
        "model": arguments.model,
    });
    let recording = arguments.recording_id;
    if !context.rows(WANTS_FILE, &[&recording]).await?.is_empty() {
        let said = "The recording has no file that you may read: upload it to the bucket audio-recordings first, under \
                    the recording's storagePath";
        return Err(Error::new(Code::NotFound, said).with("field", "recordingId"));
    }
    let rows = context.rows(BEGIN, &[&recording, &wishes]).await?;
    let job: Option<Uuid> = match rows.first() {
        Some(row) => row.try_get(0)?,
        None => None,
    };
    let job = job.ok_or_else(|| {
        let said = "The recording is being transcribed: wait until that ends, or cancel its job";
        Error::new(Code::Conflict, said)
    })?;
    let of = |table: &'static str, id: Uuid| {
        Outcome::Row(RowRef {
            table: table.into(),
            key: vec![Value::String(id.to_string())],
        })
    };
    Ok(Outcome::Object(vec![
        ("recording", of("audio_recordings", recording)),
        ("job", of("job_queue", job)),
    ]))
}
