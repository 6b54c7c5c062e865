//! `generateDocument`: has a document made of notes.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome, RowRef, named_model},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Has a document made of the notes of a cluster, or of notes. It answers at once with the document and the job that writes
  it: the text arrives in the document while it is written (`documentsChanges`, `live`), and `generationState` says how far it
  is. `cancelJob` stops it, and what is there stays. Notes beyond the model's window, the oldest, are left out; `sources` says
  which were used.

  Without a key for any model, or by the provider `local`, it is put together from sentences of the notes, each with the
  number of its note, and says so in `generationMetadata`.
  """
  generateDocument(
    "The cluster, suggested or accepted. One document of it after another are versions: each has the former as its parent."
    clusterId: UUID
    "The notes, at most 20,000; without them those of the cluster."
    noteIds: [UUID!]
    "The document that it is to be the next version of. Without clusterId and noteIds it is made of the same notes again."
    parentDocumentId: UUID
    "Its title, of 1 to 500 characters; that of the parent or the cluster without it."
    title: String
    "The markup of the text."
    format: DocumentFormat! = MARKDOWN
    "What it should be, for whom, how long: at most 10,000 characters."
    instructions: String
    "Whose model: openai, anthropic, google, compatible or local."
    provider: String
    "Which model, one of modelConfigs."
    model: String
  ): GeneratedDocument!
}
"A document that is being written."
type GeneratedDocument {
  "The document."
  document: Document
  "The job that writes it."
  job: Job
}
"#;

const INSTRUCTIONS_MAX: usize = 10_000;
/// As many as `public.generate_document` takes.
const NOTES_MAX: usize = 20_000;
const BEGIN: &str = "
    select document_id, job_id
    from public.generate_document($1, $2, $3, $4, $5::text::public.document_format, $6)";

arguments! {
    cluster_id: Option<Uuid>,
    note_ids: Option<Vec<Uuid>>,
    parent_document_id: Option<Uuid>,
    title: Option<String>,
    format: String,
    instructions: Option<String>,
    provider: Option<String>,
    model: Option<String>,
}

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let instructions = arguments.instructions.as_deref().unwrap_or_default();
    if instructions.chars().count() > INSTRUCTIONS_MAX {
        let said = format!("instructions has at most {INSTRUCTIONS_MAX} characters");
        return Err(Error::bad_input(said).with("field", "instructions"));
    }
    let named = [
        arguments.cluster_id.is_some(),
        arguments.note_ids.is_some(),
        arguments.parent_document_id.is_some(),
    ];
    if !named.contains(&true) {
        let said =
            "Give clusterId, noteIds or parentDocumentId: of what the document is to be made";
        return Err(Error::bad_input(said));
    }
    let notes = arguments.note_ids.as_deref().unwrap_or_default();
    if notes.len() > NOTES_MAX {
        let said =
            format!("A document is made of {NOTES_MAX} notes at most, and noteIds names more");
        return Err(Error::limit_exceeded("noteIds", NOTES_MAX, said).with("field", "noteIds"));
    }
    let (provider, model) = (arguments.provider.as_deref(), arguments.model.as_deref());
    let provider = named_model::check(&context, provider, model).await?;
    let wishes = json!({
        "instructions": arguments.instructions,
        "provider": provider,
        "model": arguments.model,
    });
    let Arguments {
        cluster_id,
        note_ids,
        parent_document_id,
        title,
        format,
        ..
    } = arguments;
    let format = format.to_lowercase();
    let rows = context
        .rows(
            BEGIN,
            &[
                &cluster_id,
                &note_ids,
                &parent_document_id,
                &title,
                &format,
                &wishes,
            ],
        )
        .await?;
    let row = rows
        .first()
        .ok_or_else(|| Error::internal("no document was begun"))?;
    let (document, job): (Uuid, Uuid) = (row.try_get(0)?, row.try_get(1)?);
    let of = |table: &'static str, id: Uuid| {
        Outcome::Row(RowRef {
            table: table.into(),
            key: vec![Value::String(id.to_string())],
        })
    };
    Ok(Outcome::Object(vec![
        ("document", of("documents", document)),
        ("job", of("job_queue", job)),
    ]))
}
