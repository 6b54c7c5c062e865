//! `transferProject`

use serde::Deserialize;
use uuid::Uuid;

use super::{is_true, project};
use crate::{
    actions::{Action, ActionContext, Outcome},
    error::{Code, Error, Result},
};

const SDL: &str = r#"
extend type Mutation {
  "Hands the caller's project over to one of its collaborators. The caller goes on as an editor."
  transferProject(
    "The project."
    id: UUID!
    "The collaborator who is to own it."
    userId: UUID!
  ): Project!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    id: Uuid,
    user_id: Uuid,
}

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let Arguments { id, user_id } = arguments;
    let sql = "select public.transfer_project(p_project_id => $1, p_user_id => $2)";
    if !is_true(&context.rows(sql, &[&id, &user_id]).await?) {
        return Err(Error::new(Code::NotFound, "You own no such project"));
    }
    Ok(project(id))
}
