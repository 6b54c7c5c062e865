//! `people`: names and pictures of those with whom the caller shares projects.

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    actions::{Action, ActionContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  "The people of a project that the caller belongs to, the caller included; without a project, of all of them, one entry for each person and project. At most 1,000."
  people(
    "The project; all of the caller's without it."
    projectId: UUID
  ): [Person!]!
}
"Somebody with whom the caller shares a project."
type Person {
  "The project."
  projectId: UUID!
  "The person."
  userId: UUID!
  "What they call themselves; null when they say nothing."
  displayName: String
  "The address of their picture."
  avatarUrl: String
  "What they may do with the project."
  role: CollaboratorRole!
  "Whether the project is theirs."
  isOwner: Boolean!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    project_id: Option<Uuid>,
}

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let sql =
        "select coalesce(json_agg(json_build_object('projectId', project_id, 'userId', user_id,
        'displayName', display_name, 'avatarUrl', avatar_url, 'role', upper(role::text),
        'isOwner', is_owner)), '[]')
      from public.get_people(p_project_id => $1)";
    Ok(Outcome::Value(
        context.json(sql, &[&arguments.project_id]).await?,
    ))
}
