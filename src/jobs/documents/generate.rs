//! `documents.generate`: writes a document from notes, by a model or, where there is none, in sentences of theirs.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    by_model::{self, Written},
    extract,
    layout::Format,
    sources,
};
use crate::{
    error::{Code, Error},
    jobs::{JobContext, JobError, Outcome},
};

const FIND: &str = "
    select id, title, format::text, user_id from public.documents where generation_job_id = $1";
const BEGIN: &str = "
    update public.documents set generation_state = 'writing', content = '', generation_metadata = $2 where id = $1";
const FAIL: &str = "
    update public.documents set generation_state = 'failed',
      generation_metadata = generation_metadata || jsonb_build_object('error', $2::text)
    where id = $1 and generation_state in ('waiting', 'writing')";

/// What was wished.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    pub(super) instructions: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) model: Option<String>,
}

/// What puts sentences of notes together, where no model writes.
const LOCAL: &str = "local";

/// The document that is to be written.
pub(super) struct Target {
    pub id: Uuid,
    pub owner: Uuid,
    pub title: String,
    pub format: Format,
    /// How it is made, as `generation_metadata` tells it.
    pub metadata: Map<String, Value>,
}

/// Writes it, anew with each attempt.
///
/// # Errors
/// When there is nothing to write or nobody to write it, the provider or the database does not answer, or the job is
/// another's by now.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    // Whoever deleted it wants nothing more of it.
    let Some(mut target) = find(context).await? else {
        return Ok(Outcome::nothing());
    };
    let written = write(context, &payload, &mut target).await;
    if let Err(JobError::Fatal(error) | JobError::Retry(error)) = &written {
        // Another attempt begins anew; until then, or if there is none, this is how it stands.
        if !context.cancelled().is_cancelled() {
            let step = context.transaction().await?;
            step.execute(FAIL, &[&target.id, &error.message()]).await?;
            step.commit().await?;
        }
    }
    written
}

async fn find(context: &JobContext) -> Result<Option<Target>, JobError> {
    let client = context.app().db.system().await?;
    let row = client.query_opt(FIND, &[&context.id()]).await?;
    Ok(row.map(|row| Target {
        id: row.get(0),
        title: row.get(1),
        format: Format::named(row.get(2)),
        owner: row.get(3),
        metadata: Map::new(),
    }))
}

async fn write(
    context: &JobContext,
    payload: &Payload,
    target: &mut Target,
) -> Result<Outcome, JobError> {
    if payload.provider.as_deref() != Some(LOCAL) {
        let room = by_model::room(context, payload).await?;
        let sources = sources::read(context, target.id, sources::Room::Tokens(room)).await?;
        tell(target, payload, &sources, "model");
        begin(context, target, &sources).await?;
        match by_model::write(context, payload, target, &sources).await? {
            Written::Whole(outcome) => return Ok(outcome),
            Written::NoKey(error) => target
                .metadata
                .insert("noModel".into(), json!(error.message())),
        };
    }
    let room = sources::Room::Characters(extract::TEXT_MAX);
    let sources = sources::read(context, target.id, room).await?;
    tell(target, payload, &sources, "extractive");
    begin(context, target, &sources).await?;
    extract::write(context, payload, target, sources).await
}

/// What `generation_metadata` says from the beginning.
fn tell(target: &mut Target, payload: &Payload, sources: &sources::Sources, method: &str) {
    let said = &mut target.metadata;
    said.insert("method".into(), json!(method));
    said.insert("isLanguageModel".into(), json!(method == "model"));
    said.insert("instructions".into(), json!(payload.instructions));
    said.insert("notes".into(), json!(sources.all));
    said.insert("notesUsed".into(), json!(sources.notes.len()));
    said.insert("notesGone".into(), json!(sources.gone));
}

/// Says that it is being written, and of what.
async fn begin(
    context: &JobContext,
    target: &Target,
    sources: &sources::Sources,
) -> Result<(), JobError> {
    let step = context.transaction().await?;
    let metadata = Value::Object(target.metadata.clone());
    step.execute(BEGIN, &[&target.id, &metadata]).await?;
    sources::mark(&step, target.id, &sources.notes).await?;
    step.commit().await?;
    if sources.notes.is_empty() {
        let said = "None of the notes is left that the document was to be made of";
        return Err(JobError::Fatal(Error::new(Code::NotFound, said)));
    }
    context.progress(5).await
}
