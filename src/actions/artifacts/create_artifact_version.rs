//! `createArtifactVersion`: the next version of an artifact, the one before kept.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome, RowRef},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Makes the next version of an artifact. What is not given is taken over from its latest version."
  createArtifactVersion(
    "The artifact."
    id: UUID!
    "The new title."
    title: String
    "The new content."
    content: String
    "The new metadata: an object."
    metadata: JSON
  ): Artifact!
}
"#;

arguments! { id: Uuid, title: Option<String>, content: Option<String>, metadata: Option<Value> }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        id,
        title,
        content,
        metadata,
    } = arguments;
    let sql = "insert into public.artifacts (id, chat_id, title, content, kind, metadata)
      select id, chat_id, coalesce($2, title), coalesce($3, content), kind, coalesce($4, metadata - 'revertedTo')
      from public.artifacts where id = $1 order by version_number desc limit 1
      returning to_jsonb(created_at)";
    let made = context
        .json(sql, &[&id, &title, &content, &metadata])
        .await?;
    version(id, made)
}

/// The row of a version, or NOT_FOUND when there was none to go on from.
pub(super) fn version(id: Uuid, created_at: Value) -> Result<Outcome> {
    if created_at.is_null() {
        return Err(Error::new(
            Code::NotFound,
            "There is no such artifact or version",
        ));
    }
    let key = vec![Value::String(id.to_string()), created_at];
    Ok(Outcome::Row(RowRef {
        table: "artifacts".into(),
        key,
    }))
}
