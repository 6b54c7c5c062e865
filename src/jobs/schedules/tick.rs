//! What enqueues the jobs of schedules.

use chrono::{DateTime, Utc};

use super::super::JobType;
use super::next_run;
use crate::{
    db::{Db, SystemTransaction},
    error::{Error, Result},
};

/// What an administrator has changed stays.
const REGISTER: &str = "
    insert into public.job_schedules as s (name, cron)
    select * from unnest($1::text[], $2::text[])
    on conflict (name) do update set cron = excluded.cron
    where s.changed_at is null and s.cron <> excluded.cron";
/// Rows that another server has are its own to move on.
const DUE: &str = "
    select name, cron, time_zone, next_run_at is not null, now() from public.job_schedules
    where is_enabled and error is null and name = any ($1) and (next_run_at is null or next_run_at <= now())
    order by name for update skip locked";
const MOVE_ON: &str = "
    update public.job_schedules
    set next_run_at = $2, last_run_at = case when $3 then now() else last_run_at end
    where name = $1";
const ENQUEUE: &str = "
    select private.enqueue_job(s.name, s.payload, null, 'schedule:' || s.name)
    from public.job_schedules s where s.name = $1";
const REFUSE: &str =
    "update public.job_schedules set error = $2, next_run_at = null where name = $1";

/// Writes down when the types of jobs run by themselves, where nobody has said otherwise.
///
/// # Errors
/// When the database does not answer.
pub async fn register(db: &Db, types: &[JobType]) -> Result<()> {
    let (names, lines): (Vec<&str>, Vec<&str>) = types
        .iter()
        .filter_map(|known| Some((known.name, known.schedule?)))
        .unzip();
    let client = db.system().await?;
    client.execute(REGISTER, &[&names, &lines]).await?;
    Ok(())
}

/// Enqueues what is due of these, and says when each comes next. What cannot be read is told in its row.
///
/// # Errors
/// When the database does not answer.
pub async fn tick(db: &Db, names: &[&str]) -> Result<()> {
    let begun = db.begin_system().await?;
    let due = begun.query(DUE, &[&names]).await?;
    for row in due {
        let (name, is_due): (&str, bool) = (row.get(0), row.get(3));
        let now: DateTime<Utc> = row.get(4);
        match next_run(row.get(1), row.get(2), now) {
            Ok(next) => move_on(&begun, name, next, is_due).await?,
            Err(error) => {
                begun.execute(REFUSE, &[&name, &error.message()]).await?;
            }
        }
    }
    begun.commit().await
}

async fn move_on(
    begun: &SystemTransaction,
    name: &str,
    next: DateTime<Utc>,
    is_due: bool,
) -> Result<(), Error> {
    begun.execute(MOVE_ON, &[&name, &next, &is_due]).await?;
    if is_due {
        begun.query(ENQUEUE, &[&name]).await?;
    }
    Ok(())
}
