//! Work on large tables in small steps.

use std::collections::BTreeMap;

use serde_json::json;

use super::{JobContext, JobError, Outcome};
use crate::error::{Code, Error};

/// Rows that a step deletes at most: with what is deleted along with a row, a few ten milliseconds.
const BATCH: i32 = 500;

/// Runs a statement that takes how many rows it may delete and tells what it deleted, a row of a name and a number for
/// each kind: again and again, each time in a transaction of its own, until there is less left than a step takes.
///
/// # Errors
/// When the database refuses or does not answer, or the job is another's by now. What was done stays done.
pub(super) async fn run(context: &JobContext, sql: &str) -> Result<Outcome, JobError> {
    let mut done: BTreeMap<String, i64> = BTreeMap::new();
    loop {
        let step = context.transaction().await?;
        let statement = step.prepare_cached(sql).await?;
        let rows = step.query(&statement, &[&BATCH]).await.map_err(told)?;
        step.commit().await?;
        let mut largest = 0;
        for row in rows {
            let (kind, count): (String, i64) = (row.get(0), row.get(1));
            *done.entry(kind).or_default() += count;
            largest = largest.max(count);
        }
        if largest < i64::from(BATCH) {
            return Ok(Outcome::Done(json!(done)));
        }
    }
}

/// What the database refuses is told in its words: only administrators read what became of the server's own jobs.
fn told(error: tokio_postgres::Error) -> JobError {
    let said = error.as_db_error().map(|said| said.message().to_owned());
    match said {
        Some(said) => JobError::Retry(Error::new(Code::Internal, said).caused_by(error)),
        None => error.into(),
    }
}
