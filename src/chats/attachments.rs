//! Files that come with a message.

use deadpool_postgres::ClientWrapper;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app_state::AppState,
    db::Transaction,
    error::{Code, Error, Result},
    models::chat::Part,
};

/// As the caller: row level security says whose they are.
const RECORDING: &str = "
    select file_name, mime_type, size_bytes, transcription is not null from public.audio_recordings where id = $1";

/// Which file: one of the two.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    object_id: Option<Uuid>,
    recording_id: Option<Uuid>,
}

impl Reference {
    /// What a message's `attachments` say of it, once the caller may read it.
    ///
    /// # Errors
    /// BAD_USER_INPUT where not one of them is named; NOT_FOUND where the caller has no such file; CONFLICT for a
    /// recording without a transcription.
    pub async fn described(&self, app: &AppState, caller: &Transaction) -> Result<Value> {
        match (self.object_id, self.recording_id) {
            (Some(object), None) => described_object(app, caller, object).await,
            (None, Some(recording)) => described_recording(caller, recording).await,
            _ => Err(Error::bad_input(
                "An attachment names an objectId or a recordingId, one of them",
            )
            .with("field", "attachments")),
        }
    }
}

async fn described_object(_: &AppState, _: &Transaction, _: Uuid) -> Result<Value> {
    let said = "This server cannot read stored files for models yet: put the text into the message";
    Err(Error::bad_input(said).with("field", "attachments"))
}

async fn described_recording(caller: &Transaction, recording: Uuid) -> Result<Value> {
    let statement = caller.prepare_cached(RECORDING).await?;
    let Some(row) = caller.query_opt(&statement, &[&recording]).await? else {
        return Err(Error::new(Code::NotFound, "There is no such recording"));
    };
    if !row.get::<_, bool>(3) {
        let said = "The recording has no transcription yet, which is what a model reads";
        return Err(Error::new(Code::Conflict, said));
    }
    Ok(json!({
        "recordingId": recording,
        "name": row.get::<_, String>(0),
        "contentType": row.get::<_, String>(1),
        "sizeBytes": row.get::<_, i64>(2),
    }))
}

/// What a model reads of a message's attachments.
///
/// # Errors
/// When the database does not answer.
pub async fn parts(client: &ClientWrapper, owner: Uuid, attachments: &Value) -> Result<Vec<Part>> {
    // A client may write anything into a message: what is read is the owner's alone.
    const TRANSCRIPTION: &str = "select file_name, transcription from public.audio_recordings where id = $1 and user_id = $2";
    let mut parts = Vec::new();
    for attachment in attachments.as_array().into_iter().flatten() {
        let recording = attachment["recordingId"]
            .as_str()
            .and_then(|id| id.parse::<Uuid>().ok());
        let Some(recording) = recording else { continue };
        let statement = client.prepare_cached(TRANSCRIPTION).await?;
        let row = client.query_opt(&statement, &[&recording, &owner]).await?;
        let text: Option<(String, Option<String>)> = row.map(|row| (row.get(0), row.get(1)));
        if let Some((name, Some(text))) = text {
            parts.push(Part::Text(format!("The recording “{name}” says:\n{text}")));
        }
    }
    Ok(parts)
}
