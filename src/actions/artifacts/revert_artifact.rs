//! `revertArtifact`: an old version again, as a new one.

use uuid::Uuid;

use super::create_artifact_version::version;
use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Makes a new version of an artifact with the title, content and metadata of an older one. Nothing is lost: the versions between stay."
  revertArtifact(
    "The artifact."
    id: UUID!
    "The number of the version whose contents are taken."
    toVersion: Int!
  ): Artifact!
}
"#;

arguments! { id: Uuid, to_version: i32 }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments { id, to_version } = arguments;
    let sql = "insert into public.artifacts (id, chat_id, parent_version_id, title, content, kind, metadata)
      select id, chat_id, version_id, title, content, kind,
             metadata || jsonb_build_object('revertedTo', version_number)
      from public.artifacts where id = $1 and version_number = $2
      returning to_jsonb(created_at)";
    version(id, context.json(sql, &[&id, &to_version]).await?)
}
