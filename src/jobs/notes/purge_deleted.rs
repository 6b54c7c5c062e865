//! `notes.purge_deleted`: notes that lay in the bin for 30 days go.

use serde::Deserialize;
use serde_json::json;

use crate::jobs::{JobContext, JobError, Outcome};

/// Rows that a step deletes at most: with what is deleted along with a row, a few ten milliseconds.
const BATCH: i32 = 500;

/// Nothing to say.
#[derive(Deserialize)]
pub struct Payload {}

/// Deletes in steps, each a transaction of its own, until there is nothing left.
///
/// # Errors
/// When the database refuses or does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, _payload: Payload) -> Result<Outcome, JobError> {
    let mut deleted = 0;
    loop {
        let step = context.transaction().await?;
        let row = step
            .query_one("select public.purge_deleted_notes($1)", &[&BATCH])
            .await?;
        step.commit().await?;
        let count: i64 = row.get(0);
        deleted += count;
        if count < i64::from(BATCH) {
            return Ok(Outcome::Done(json!({ "deleted": deleted })));
        }
    }
}
