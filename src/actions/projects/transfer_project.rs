//! `transferProject`

use uuid::Uuid;

use super::{is_true, project};
use crate::{
    actions::{ActionContext, Outcome},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
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

arguments! { id: Uuid, user_id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let Arguments { id, user_id } = arguments;
    let sql = "select public.transfer_project(p_project_id => $1, p_user_id => $2)";
    if !is_true(&context.rows(sql, &[&id, &user_id]).await?) {
        return Err(Error::new(Code::NotFound, "You own no such project"));
    }
    Ok(project(id))
}
