//! `cancelJob`: ends a job.

use uuid::Uuid;

use super::{job, no_job};
use crate::{
    actions::{ActionContext, Outcome},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Ends a job of one's own, or for administrators any. One that waits is CANCELLED at once; one that runs is PROCESSING until its worker has ended it, within a second. Cancelling it again changes nothing."
  cancelJob(
    "The job."
    id: UUID!
  ): Job!
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let sql = "select public.cancel_job($1)";
    let rows = context.rows(sql, &[&arguments.id]).await?;
    let status: Option<&str> = rows.first().and_then(|row| row.get(0));
    match status {
        None => Err(no_job()),
        Some("cancelled" | "processing") => Ok(job(arguments.id)),
        Some(_) => Err(Error::new(Code::Conflict, "The job has ended already")),
    }
}
