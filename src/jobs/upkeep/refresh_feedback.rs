//! `upkeep.refresh_feedback`: the sums of each day's feedback are brought up to date.

use serde::Deserialize;
use serde_json::json;

use crate::jobs::{JobContext, JobError, Outcome};

/// Days whose feedback may still change.
const DAYS: i32 = 90;
const REFRESH: &str =
    "select private.refresh_feedback_day((now() at time zone 'UTC')::date - $1::integer)";
const DROP_EMPTY: &str = "select private.drop_empty_feedback_days()";

/// Nothing to say.
#[derive(Deserialize)]
pub struct Payload {}

/// Sums up one day after another.
///
/// # Errors
/// When the database refuses or does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, _payload: Payload) -> Result<Outcome, JobError> {
    let mut refreshed = 0;
    for days_ago in 0..=DAYS {
        let step = context.transaction().await?;
        let refresh = step.prepare_cached(REFRESH).await?;
        refreshed += step
            .query_one(&refresh, &[&days_ago])
            .await?
            .get::<_, i64>(0);
        step.commit().await?;
    }
    let step = context.transaction().await?;
    let dropped = step.query_one(DROP_EMPTY, &[]).await?;
    refreshed += dropped.get::<_, i64>(0);
    step.complete(json!({ "days": refreshed })).await
}
