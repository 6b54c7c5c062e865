//! `duplicateProject`: a copy of a project with its components.

use uuid::Uuid;

use super::project;
use crate::{
    actions::{ActionContext, Outcome},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Copies a project that the caller may see, with its components, into a new one of the caller's. Recordings, generations and collaborators stay with the original."
  duplicateProject(
    "The project to copy."
    id: UUID!
    "The name of the copy; the original's and `(copy)` without it."
    name: String
  ): Project!
}
"#;

arguments! { id: Uuid, name: Option<String> }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments { id, name } = arguments;
    let sql = "select public.duplicate_project(p_source_id => $1, p_name => $2)";
    let rows = context.rows(sql, &[&id, &name]).await?;
    match rows.first() {
        Some(row) => Ok(project(row.try_get(0)?)),
        None => Err(Error::new(Code::NotFound, "There is no such project")),
    }
}
