//! `softDeleteProject`: puts a project into the bin; the owner can take it back.

use uuid::Uuid;

use super::project;
use crate::{
    actions::{ActionContext, Outcome},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Puts a project into the bin; the owner can take it back."
  softDeleteProject(
    "The project."
    id: UUID!
  ): Project
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let sql = "select public.soft_delete_project(p_project_id => $1)";
    let rows = context.rows(sql, &[&arguments.id]).await?;
    let done = rows
        .first()
        .is_some_and(|row| row.try_get(0).unwrap_or(false));
    if !done {
        return Err(Error::new(
            Code::NotFound,
            "There is no such project of yours, or it is in the bin already",
        ));
    }
    Ok(project(arguments.id))
}
