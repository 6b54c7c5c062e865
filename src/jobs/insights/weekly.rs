//! `insights.weekly`: has the insights of the last week written for everybody who wrote something in it.

use chrono::{Datelike, Days, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::jobs::{JobContext, JobError, Outcome};

/// People at a time: every transaction stays short.
const BATCH: i32 = 500;
const ENQUEUE: &str = "select people, last from private.enqueue_insights($1, $2, $3)";

/// Which week; the last whole one, where nobody says.
#[derive(Deserialize)]
pub struct Payload {
    week: Option<NaiveDate>,
}

/// Enqueues a job for each of them.
///
/// # Errors
/// When the database does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let week = payload
        .week
        .unwrap_or_else(|| last_week(Utc::now().date_naive()));
    let (mut people, mut after): (i64, Option<Uuid>) = (0, None);
    loop {
        let step = context.transaction().await?;
        let row = step.query_one(ENQUEUE, &[&week, &after, &BATCH]).await?;
        step.commit().await?;
        let count: i64 = row.get(0);
        people += count;
        after = row.get(1);
        if count < i64::from(BATCH) {
            return Ok(Outcome::Done(json!({"week": week, "people": people})));
        }
    }
}

/// The Monday of the last whole week before a day.
fn last_week(today: NaiveDate) -> NaiveDate {
    let since_monday = u64::from(today.weekday().num_days_from_monday());
    today - Days::new(since_monday + 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday_and_is_over() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        assert_eq!(last_week(day("2026-11-23")), day("2026-11-16"), "a Monday");
        assert_eq!(last_week(day("2026-11-29")), day("2026-11-16"), "a Sunday");
        assert_eq!(last_week(day("2026-01-01")), day("2025-12-22"));
    }
}
