//! What the server does once a day without being asked: remove what is past its time, sum up, refresh
//! statistics.
//!
//! Several servers on one database agree by a row: whoever moves it on does the work of that day. It is done in
//! small steps, each a transaction of its own, so that tables of any size are held for a moment at a time; what a
//! step cannot do holds up no other.

use std::{collections::BTreeMap, time::Duration};

use deadpool_postgres::Client;
use postgres_types::ToSql;
use serde_json::json;

use crate::{
    db::Db,
    error::{Error, Result},
    tasks::{Every, Tasks},
};

/// Starting a server is not slowed down by it.
const FIRST_AFTER: Duration = Duration::from_secs(60);
/// How often a server looks whether a day has passed.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// Rows that a step deletes at most: with what is deleted along with a row, a few ten milliseconds.
const BATCH: i32 = 500;
/// Days whose feedback may still change.
const FEEDBACK_DAYS: i32 = 90;

/// A day's work that was begun an hour ago and has not ended was that of a server which is no more. Should it still
/// be at it, two servers do it: none waits for the other's rows.
const CLAIM: &str = "
    update mindloom.upkeep set began_at = now(), ended_at = null, error = null
    where name = 'daily' and (began_at <= now() - interval '1 day'
      or (ended_at is null and error is null and began_at <= now() - interval '1 hour'))";
const DONE: &str = "
    update mindloom.upkeep set outcome = $1, ended_at = clock_timestamp() where name = 'daily'";
/// It is tried again in an hour.
const FAILED: &str = "
    update mindloom.upkeep set outcome = $1, began_at = now() - interval '23 hours', error = $2
    where name = 'daily'";

/// What is deleted, at most $1 rows of a kind at a time: names and how many rows of each.
const PURGES: [&str; 9] = [
    "select kind, deleted from public.purge_old_activity_logs($1) purged, lateral (values \
       ('user_activity_logs_deleted', purged.user_logs_deleted), \
       ('agent_activity_logs_deleted', purged.agent_logs_deleted), \
       ('error_logs_deleted', purged.error_logs_deleted)) of_each (kind, deleted)",
    "select 'rate_limit_windows_deleted', public.purge_old_rate_limit_windows($1)",
    "select 'deleted_notes_purged', public.purge_deleted_notes($1)",
    "select 'deleted_projects_purged', public.purge_deleted_projects($1)",
    "select 'prompt_history_purged', public.purge_old_prompt_history($1)",
    "select 'insights_purged', public.purge_old_insights($1)",
    "select 'orphaned_clusters_purged', public.purge_orphaned_clusters($1)",
    "select 'expired_tokens_purged', public.purge_expired_tokens($1)",
    "select 'audit_entries_purged', public.purge_old_audit_entries($1)",
];
const REFRESH_FEEDBACK: &str =
    "select private.refresh_feedback_day((now() at time zone 'UTC')::date - $1::integer)";
const DROP_EMPTY_FEEDBACK_DAYS: &str = "select private.drop_empty_feedback_days()";
const ANALYSES: &str = "
    select format('analyze public.%I', relname) from pg_catalog.pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname";

/// Starts to look whether it is due.
pub(super) fn start(tasks: &Tasks, db: &Db) {
    let db = db.clone();
    let every = Every {
        first_after: FIRST_AFTER,
        period: LOOK_EVERY,
    };
    tasks.every("daily upkeep", every, move || {
        let db = db.clone();
        async move {
            if run_if_due(&db).await? {
                tracing::info!("the daily upkeep is done");
            }
            Ok::<_, Error>(())
        }
    });
}

/// Does the day's work unless this or another server has begun it within the last day. Says whether it did.
///
/// # Errors
/// When the database does not answer, or a part of the work fails: it is due again in an hour then. What did not
/// fail is done.
pub async fn run_if_due(db: &Db) -> Result<bool> {
    let client = db.system().await?;
    if client.execute(CLAIM, &[]).await? == 0 {
        return Ok(false);
    }
    let mut day = Day {
        client: &client,
        counts: BTreeMap::new(),
        failed: None,
    };
    day.work().await;
    let outcome = json!(day.counts);
    let Some(error) = day.failed else {
        client.execute(DONE, &[&outcome]).await?;
        return Ok(true);
    };
    let said = error
        .as_db_error()
        .map_or_else(|| error.to_string(), |said| said.message().to_owned());
    client.execute(FAILED, &[&outcome, &said]).await?;
    Err(error.into())
}

/// One day's work.
struct Day<'a> {
    client: &'a Client,
    /// What was done how often.
    counts: BTreeMap<String, i64>,
    /// The first thing that went wrong.
    failed: Option<tokio_postgres::Error>,
}

impl Day<'_> {
    async fn work(&mut self) {
        for purge in PURGES {
            let purged = self.purge(purge).await;
            self.note(purged);
        }
        for days_ago in 0..=FEEDBACK_DAYS {
            let refreshed = self.count(REFRESH_FEEDBACK, &[&days_ago]).await;
            self.note(refreshed);
        }
        let dropped = self.count(DROP_EMPTY_FEEDBACK_DAYS, &[]).await;
        self.note(dropped);
        let analysed = self.analyze().await;
        self.note(analysed);
    }

    /// Deletes until there is less left than a batch.
    async fn purge(&mut self, sql: &str) -> std::result::Result<(), tokio_postgres::Error> {
        loop {
            let mut deleted = 0;
            for row in self.client.query(sql, &[&BATCH]).await? {
                let rows: i64 = row.get(1);
                self.add(row.get(0), rows);
                deleted += rows;
            }
            if deleted < i64::from(BATCH) {
                return Ok(());
            }
        }
    }

    async fn count(
        &mut self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> std::result::Result<(), tokio_postgres::Error> {
        let row = self.client.query_one(sql, parameters).await?;
        self.add("feedback_days_refreshed", row.get(0));
        Ok(())
    }

    /// Renews the statistics of one table after another: together they would hold all of them.
    async fn analyze(&mut self) -> std::result::Result<(), tokio_postgres::Error> {
        for row in self.client.query(ANALYSES, &[]).await? {
            self.client.batch_execute(row.get(0)).await?;
            self.add("tables_analyzed", 1);
        }
        Ok(())
    }

    fn add(&mut self, what: &str, count: i64) {
        *self.counts.entry(what.to_owned()).or_default() += count;
    }

    fn note(&mut self, outcome: std::result::Result<(), tokio_postgres::Error>) {
        if let Err(error) = outcome {
            self.failed.get_or_insert(error);
        }
    }
}
