//! `runSchedule`: does now what a schedule does.

use uuid::Uuid;

use super::{job, no_schedule};
use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Does now what a schedule does, whether it is switched on or not; when it comes next stays as it is. For administrators. Answers the job, which may be one that waits already."
  runSchedule(
    "The schedule's name."
    name: String!
  ): Job!
}
"#;

arguments! { name: String }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let sql = "select public.run_job_schedule($1)";
    let rows = context.rows(sql, &[&arguments.name]).await?;
    let enqueued: Option<Uuid> = rows.first().and_then(|row| row.get(0));
    enqueued
        .map(job)
        .ok_or_else(|| no_schedule(&arguments.name))
}
