//! Files that come with messages: named when a message is sent, read when it is answered, both with the rights of whoever
//! asks.

mod kind;
mod read;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

pub use read::{File, files, read};

use self::kind::Kind;
use crate::{
    app_state::AppState,
    db::Transaction,
    error::{Code, Error, Result},
    storage::last_step,
};

/// Attachments of one message.
const ATTACHMENTS_MAX: usize = 10;
/// What the files of one request have together: with what sending them as text adds, the 20 MB that Google takes.
const REQUEST_MAX_BYTES: u64 = 14_000_000;
/// As the caller: row level security says whose they are.
const RECORDING: &str = "
    select file_name, mime_type, size_bytes, transcription is not null from public.audio_recordings where id = $1";
const OBJECT: &str = "
    select name, coalesce(metadata ->> 'mimetype', ''), coalesce((metadata ->> 'size')::bigint, 0)
    from storage.objects where id = $1 and version is not null";

/// Which file: one of the two.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    object_id: Option<Uuid>,
    recording_id: Option<Uuid>,
}

/// What a message's `attachments` say of files, once the caller may read them.
///
/// # Errors
/// BAD_USER_INPUT where not one of two is named, and for types that no model reads; NOT_FOUND where the caller has no such
/// file; CONFLICT for a recording without a transcription; LIMIT_EXCEEDED for too many or too large ones.
pub async fn described(
    app: &AppState,
    caller: &Transaction,
    references: &[Reference],
) -> Result<Value> {
    if references.len() > ATTACHMENTS_MAX {
        let said = format!("A message has {ATTACHMENTS_MAX} attachments at most");
        return Err(Error::limit_exceeded("attachments", ATTACHMENTS_MAX, said));
    }
    let (mut described, mut bytes) = (Vec::new(), 0);
    for reference in references {
        described.push(match (reference.object_id, reference.recording_id) {
            (Some(object), None) => {
                app.storage.check_ours()?;
                let (told, size) = described_object(caller, object).await?;
                bytes += size;
                told
            }
            (None, Some(recording)) => described_recording(caller, recording).await?,
            _ => {
                let said = "An attachment names an objectId or a recordingId, one of them";
                return Err(Error::bad_input(said).with("field", "attachments"));
            }
        });
    }
    if bytes > REQUEST_MAX_BYTES {
        let said = format!(
            "The files of a message have {REQUEST_MAX_BYTES} bytes together at most, and these have {bytes}"
        );
        return Err(Error::limit_exceeded(
            "attachmentBytes",
            REQUEST_MAX_BYTES,
            said,
        ));
    }
    Ok(Value::Array(described))
}

async fn described_object(caller: &Transaction, object: Uuid) -> Result<(Value, u64)> {
    let statement = caller.prepare_cached(OBJECT).await?;
    let Some(row) = caller.query_opt(&statement, &[&object]).await? else {
        return Err(Error::new(Code::NotFound, "There is no such file"));
    };
    let (name, media_type, size): (&str, &str, i64) = (row.get(0), row.get(1), row.get(2));
    let kind = Kind::of(media_type).ok_or_else(|| {
        let said = format!(
            "Models read pictures (PNG, JPEG, GIF, WebP), PDF and texts, and this file is {media_type}; what a recording \
             says is read by its recordingId, once it is transcribed"
        );
        Error::bad_input(said).with("field", "attachments")
    })?;
    let (bytes, most) = (u64::try_from(size).unwrap_or(0), kind.max_bytes());
    if bytes > most {
        let said = format!(
            "{} for a model has {most} bytes at most, and this one has {bytes}",
            kind.label()
        );
        return Err(Error::limit_exceeded("attachmentBytes", most, said));
    }
    let told = json!({
        "objectId": object,
        "name": last_step(name),
        "contentType": media_type,
        "sizeBytes": size,
    });
    Ok((told, bytes))
}

async fn described_recording(caller: &Transaction, recording: Uuid) -> Result<Value> {
    let statement = caller.prepare_cached(RECORDING).await?;
    let Some(row) = caller.query_opt(&statement, &[&recording]).await? else {
        return Err(Error::new(Code::NotFound, "There is no such recording"));
    };
    if !row.get::<_, bool>(3) {
        let said = "The recording has no transcription yet, which is what a model reads: see transcribeRecording";
        return Err(Error::new(Code::Conflict, said));
    }
    Ok(json!({
        "recordingId": recording,
        "name": row.get::<_, String>(0),
        "contentType": row.get::<_, String>(1),
        "sizeBytes": row.get::<_, i64>(2),
    }))
}
