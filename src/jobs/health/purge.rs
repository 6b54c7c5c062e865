//! `health.purge`: measurements and resolved alerts go when they are older than `logging_settings` keep them.

use serde::Deserialize;
use serde_json::json;

use crate::jobs::{JobContext, JobError, Outcome};

/// Rows that a step deletes at most: a few ten milliseconds.
const BATCH: i32 = 500;
const MEASUREMENTS: &str = "select public.purge_old_performance_metrics($1)";
const ALERTS: &str = "select public.purge_old_alerts($1)";

/// Nothing to say.
#[derive(Deserialize)]
pub struct Payload {}

/// Deletes in steps, each a transaction of its own, until there is nothing left.
///
/// # Errors
/// When the database refuses or does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, _payload: Payload) -> Result<Outcome, JobError> {
    let measurements = purge(context, MEASUREMENTS).await?;
    let alerts = purge(context, ALERTS).await?;
    Ok(Outcome::Done(
        json!({"measurements": measurements, "alerts": alerts}),
    ))
}

async fn purge(context: &JobContext, sql: &str) -> Result<i64, JobError> {
    let mut deleted = 0;
    loop {
        let step = context.transaction().await?;
        let row = step.query_one(sql, &[&BATCH]).await?;
        step.commit().await?;
        let count: i64 = row.get(0);
        deleted += count;
        if count < i64::from(BATCH) {
            return Ok(deleted);
        }
    }
}
