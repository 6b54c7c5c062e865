//! `retryJob`: has a job tried again that ended without success.

use uuid::Uuid;

use super::{job, no_job};
use crate::{
    actions::{ActionContext, Outcome},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Has a job tried again that is FAILED, DEAD or CANCELLED: one's own, or for administrators any. It has all its attempts again; the errors of former ones stay."
  retryJob(
    "The job."
    id: UUID!
  ): Job!
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let sql = "select public.retry_job($1)";
    let rows = context.rows(sql, &[&arguments.id]).await?;
    let told: Option<&str> = rows.first().and_then(|row| row.get(0));
    let refused = match told {
        None => return Err(no_job()),
        Some("retried") => return Ok(job(arguments.id)),
        Some("completed") => "The job is done: there is nothing to try again",
        Some("waiting") => "Another job that does the same waits already",
        Some(_) => "The job has not ended yet",
    };
    Err(Error::new(Code::Conflict, refused))
}
