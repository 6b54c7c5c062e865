//! `updateSchedule`: changes when a job runs without being asked.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::no_schedule;
use crate::{
    actions::{ActionContext, Outcome, RowRef},
    error::Result,
    jobs::{next_run, plain_cron},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Changes when a job runs without being asked, or switches that off and on. For administrators."
  updateSchedule(
    "The schedule's name."
    name: String!
    "Minute, hour, day of the month, month and day of the week: \"30 3 * * *\" is every day at half past three. Unchanged unless given."
    cron: String
    "The time zone of the line, such as Europe/Berlin. Unchanged unless given."
    timeZone: String
    "Whether it runs. Unchanged unless given."
    isEnabled: Boolean
  ): JobSchedule!
}
"#;

const NOW: &str = "select cron, time_zone, now() from public.job_schedules where name = $1";
const UPDATE: &str = "select public.update_job_schedule($1, $2, $3, $4, $5)";

arguments! { name: String, cron: Option<String>, time_zone: Option<String>, is_enabled: Option<bool> }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        name,
        cron,
        time_zone,
        is_enabled,
    } = arguments;
    let cron = cron.as_deref().map(plain_cron);
    // Whoever may not see it finds nothing here, and is refused below.
    let rows = context.rows(NOW, &[&name]).await?;
    let next: Option<DateTime<Utc>> = match rows.first() {
        Some(row) => Some(next_run(
            cron.as_deref().unwrap_or_else(|| row.get(0)),
            time_zone.as_deref().unwrap_or_else(|| row.get(1)),
            row.get(2),
        )?),
        None => None,
    };
    let parameters: [&(dyn postgres_types::ToSql + Sync); 5] =
        [&name, &cron, &time_zone, &is_enabled, &next];
    let rows = context.rows(UPDATE, &parameters).await?;
    let updated: Option<&str> = rows.first().and_then(|row| row.get(0));
    if updated.is_none() {
        return Err(no_schedule(&name));
    }
    Ok(Outcome::Row(RowRef {
        table: "job_schedules".into(),
        key: vec![Value::String(name)],
    }))
}
