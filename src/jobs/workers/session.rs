//! A worker's connection: what it tells the database, and what wakes it.

use std::{future::poll_fn, time::Duration};

use postgres_types::ToSql;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, Row, SimpleQueryMessage, Statement};
use uuid::Uuid;

use super::LEASE;
use crate::{
    db::Db,
    error::{Code, Error, Result},
};

/// Statements are short; one that hangs must not cost the leases.
const SETTINGS: &str = "
    set search_path = ''; set application_name = 'mindloom worker'; set jit = off; set statement_timeout = '10s';
    set lock_timeout = '5s'; listen mindloom_jobs";
const TAKE: &str = "
    select id, user_id, job_type, payload, attempt, fence, wait_ms, is_tick
    from private.take_jobs($1, $2::bigint * interval '1 ms', $3, $4, $5, $6, $7, $8)";
const TAKE_JOB: &str = "
    select id, user_id, job_type, payload, attempt, fence
    from private.take_job($1, $2::bigint * interval '1 ms', $3, $4, $5, $6)";
const END: &str = "select id, status::text from private.end_jobs($1, $2, $3, $4, $5, $6)";
const KEEP: &str =
    "select id, is_lost from private.keep_jobs($1, $2::bigint * interval '1 ms', $3, $4)";
const HOLD_PROVIDER: &str = "select private.hold_provider($1, $2::bigint * interval '1 ms')";
const DOZE_OFF: &str = "select private.doze_off()";
const LEAVE: &str = "delete from mindloom.job_workers where name = $1";

/// What wakes a worker.
pub(super) enum Wake {
    /// There may be a job.
    Bell,
    /// This job is to run at once.
    Job(Uuid),
    /// A job is to be cancelled.
    Cancel(Uuid),
}

/// What a notification that names a job to run at once begins with.
const RUN: &str = "run ";

impl Wake {
    /// What a notification says.
    fn of(payload: &str) -> Self {
        let job = payload.strip_prefix(RUN).and_then(|job| job.parse().ok());
        match (job, payload.parse()) {
            (Some(job), _) => Wake::Job(job),
            (None, Ok(job)) => Wake::Cancel(job),
            (None, Err(_)) => Wake::Bell,
        }
    }
}

/// A job that was taken.
pub(super) struct Taken {
    pub id: Uuid,
    pub owner: Option<Uuid>,
    pub job_type: String,
    pub payload: Value,
    pub attempt: i32,
    pub fence: i64,
}

impl Taken {
    fn read(id: Uuid, row: &Row) -> Self {
        Taken {
            id,
            owner: row.get(1),
            job_type: row.get(2),
            payload: row.get(3),
            attempt: row.get(4),
            fence: row.get(5),
        }
    }
}

/// What there was to take.
pub(super) struct Look {
    pub taken: Vec<Taken>,
    /// When something is due; zero when something waits that may not run now.
    pub wait: Option<Duration>,
    /// Whether a schedule's time has come.
    pub is_tick: bool,
}

/// What is asked for.
pub(super) struct Demand<'a> {
    pub count: usize,
    pub types: &'a [&'static str],
    pub limits: &'a [i32],
    pub per_person: i32,
    pub per_provider: i32,
    /// Whose turn it was last.
    pub after: Uuid,
}

/// How attempts ended, a column each.
#[derive(Default)]
pub(super) struct Ends {
    pub ids: Vec<Uuid>,
    pub fences: Vec<i64>,
    pub endings: Vec<&'static str>,
    pub results: Vec<Option<Value>>,
    pub errors: Vec<Option<String>>,
    pub delays_ms: Vec<i64>,
}

/// Whether a worker may sleep.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Doze {
    /// It holds the lock by which enqueuers know that somebody sleeps.
    Held,
    /// Another sleeper holds it.
    Shared,
    /// Transactions are open that would not ring.
    Busy,
}

/// One connection.
pub(super) struct Session {
    client: Client,
    pub wakes: mpsc::UnboundedReceiver<Wake>,
    take: Statement,
    take_job: Statement,
    end: Statement,
    keep: Statement,
}

impl Session {
    /// Connects, and listens from then on.
    ///
    /// # Errors
    /// When the database does not answer, or lets nobody listen.
    pub async fn open(db: &Db) -> Result<Self> {
        let (client, mut connection) = db.connect_owner().await?;
        let (sender, wakes) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            // Dropping the sender says that the connection is gone.
            while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
                let wake = match message {
                    Ok(AsyncMessage::Notification(note)) => Wake::of(note.payload()),
                    Ok(_) => continue,
                    Err(error) => {
                        tracing::debug!(%error, "a worker's connection failed");
                        return;
                    }
                };
                if sender.send(wake).is_err() {
                    return;
                }
            }
        });
        client.batch_execute(SETTINGS).await?;
        Ok(Session {
            take: client.prepare(TAKE).await?,
            take_job: client.prepare(TAKE_JOB).await?,
            end: client.prepare(END).await?,
            keep: client.prepare(KEEP).await?,
            client,
            wakes,
        })
    }

    /// Takes what may run next.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take(&self, worker: &str, demand: &Demand<'_>) -> Result<Look> {
        let count = i32::try_from(demand.count).unwrap_or(i32::MAX);
        let rows = self
            .client
            .query(
                &self.take,
                &[
                    &worker,
                    &millis(LEASE),
                    &count,
                    &demand.types,
                    &demand.limits,
                    &demand.per_person,
                    &demand.per_provider,
                    &demand.after,
                ],
            )
            .await?;
        let mut look = Look {
            taken: Vec::with_capacity(rows.len()),
            wait: None,
            is_tick: false,
        };
        for row in rows {
            let Some(id) = row.get(0) else {
                let wait: Option<i64> = row.get(6);
                look.wait = wait.map(|ms| Duration::from_millis(ms.unsigned_abs()));
                look.is_tick = row.get(7);
                continue;
            };
            look.taken.push(Taken::read(id, &row));
        }
        Ok(look)
    }

    /// Takes one job that a notification named, if it may run at once and none of its kind waits for longer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_job(
        &self,
        worker: &str,
        job: Uuid,
        demand: &Demand<'_>,
    ) -> Result<Option<Taken>> {
        let parameters: [&(dyn ToSql + Sync); 6] = [
            &worker,
            &millis(LEASE),
            &job,
            &demand.types,
            &demand.limits,
            &demand.per_person,
        ];
        let row = self.client.query_opt(&self.take_job, &parameters).await?;
        Ok(row.map(|row| Taken::read(row.get(0), &row)))
    }

    /// Writes how attempts ended; gives the jobs that were theirs to end, and what became of them.
    ///
    /// # Errors
    /// When the database does not answer, or refuses one of them: then none is written.
    pub async fn end(&self, ends: &Ends) -> Result<Vec<(Uuid, String)>> {
        let rows = self
            .client
            .query(
                &self.end,
                &[
                    &ends.ids,
                    &ends.fences,
                    &ends.endings,
                    &ends.results,
                    &ends.errors,
                    &ends.delays_ms,
                ],
            )
            .await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// Says that the worker lives; gives the jobs that it is to stop, and whether it lost them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep(
        &self,
        worker: &str,
        ids: &[Uuid],
        fences: &[i64],
    ) -> Result<Vec<(Uuid, bool)>> {
        let parameters: [&(dyn ToSql + Sync); 4] = [&worker, &millis(LEASE), &ids, &fences];
        let rows = self.client.query(&self.keep, &parameters).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// Has all jobs of a provider wait.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hold_provider(&self, name: &str, wait: Duration) -> Result<()> {
        self.client
            .execute(HOLD_PROVIDER, &[&name, &millis(wait)])
            .await?;
        Ok(())
    }

    /// Asks whether the worker may sleep.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn doze_off(&self) -> Result<Doze> {
        // In one round trip, unprepared.
        let answer = self.client.simple_query(DOZE_OFF).await?;
        let said = answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok(match said {
            Some("held") => Doze::Held,
            Some("shared") => Doze::Shared,
            _ => Doze::Busy,
        })
    }

    /// Gives the sleepers' lock back; `others` are woken to take it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn wake_up(&self, others: bool) -> Result<()> {
        let wake_up = match others {
            true => "select private.wake_up(true)",
            false => "select private.wake_up(false)",
        };
        Ok(self.client.batch_execute(wake_up).await?)
    }

    /// Says that the worker is gone: nobody waits for its lease.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leave(&self, worker: &str) -> Result<()> {
        self.client.execute(LEAVE, &[&worker]).await?;
        Ok(())
    }
}

/// The connection is gone.
pub(super) fn lost() -> Error {
    Error::new(Code::Unavailable, "The database does not answer; try again")
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
