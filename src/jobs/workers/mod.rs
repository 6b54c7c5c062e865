//! Workers: they take jobs from the queue and see them to their end.
//!
//! A process has one dispatcher, which does all that concerns the queue over one connection: it takes jobs, starts an
//! attempt at each, writes how they ended, and says every few seconds that it lives. Who sleeps is rung by whoever
//! enqueues (see `migration/src/m0120_jobs.sql`).

mod attempt;
mod dispatcher;
mod ending;
mod running;
mod session;

use std::{convert::Infallible, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{JobType, figures::Figures, schedules};
use crate::{
    app_state::AppState,
    db::{Absence, unless_read_only},
    error::Error,
    metrics::Metrics,
    tasks::Tasks,
};
use dispatcher::Dispatcher;
use session::Session;

/// How long a worker that gives no sign is believed to live; its jobs are others' then.
pub(super) const LEASE: Duration = Duration::from_secs(15);
const RECONNECT_MIN: Duration = Duration::from_millis(100);
/// As soon as the database is back there is work for it to do, and being refused costs it little.
const RECONNECT_MAX: Duration = Duration::from_secs(1);
/// How often a standby is asked whether it takes changes by now.
const STANDBY_EVERY: Duration = Duration::from_secs(5);
/// For whoever enqueues: what has to be known of the types. Types of older versions stay: their servers may still run.
const REGISTER: &str = "
    insert into mindloom.job_types as t (name, queue, priority, max_attempts, provider)
    select * from unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::text[])
    on conflict (name) do update
    set queue = excluded.queue, priority = excluded.priority, max_attempts = excluded.max_attempts,
      provider = excluded.provider
    where (t.queue, t.priority, t.max_attempts, t.provider)
      is distinct from (excluded.queue, excluded.priority, excluded.max_attempts, excluded.provider)";

/// Why workers cannot start.
#[derive(Debug, thiserror::Error)]
pub enum WorkersError {
    /// The database does not answer.
    #[error(transparent)]
    Database(#[from] Error),
    /// Two figures have one name.
    #[error(transparent)]
    Figures(#[from] prometheus::Error),
}

/// The workers of one process.
#[derive(Debug, Clone)]
pub struct Workers {
    /// Cancelled when no more jobs are taken.
    leaving: CancellationToken,
    /// Cancelled when nothing runs any more.
    finished: CancellationToken,
}

impl Workers {
    /// Registers the types of jobs, and starts as many workers as the settings say.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn start(
        app: &Arc<AppState>,
        types: Vec<JobType>,
        tasks: &Tasks,
        metrics: &Metrics,
    ) -> Result<Self, WorkersError> {
        let slots = usize::from(app.settings.jobs.workers);
        Self::start_with(app, types, slots, tasks, metrics).await
    }

    /// The same with so many workers.
    ///
    /// # Errors
    /// As [`Workers::start`].
    pub async fn start_with(
        app: &Arc<AppState>,
        types: Vec<JobType>,
        slots: usize,
        tasks: &Tasks,
        metrics: &Metrics,
    ) -> Result<Self, WorkersError> {
        let figures = Figures::register(metrics, &types)?;
        let shown = &app.settings.metrics;
        if shown.metrics_bind.is_some() || shown.metrics_token.is_some() {
            figures.measure(tasks, &app.db);
        }
        unless_read_only(register(app, &types).await)?;
        unless_read_only(schedules::register(&app.db, &types).await)?;
        let this = Workers {
            leaving: CancellationToken::new(),
            finished: CancellationToken::new(),
        };
        if slots == 0 {
            this.finished.cancel();
            return Ok(this);
        }
        let types = Arc::new(types.into_iter().map(Arc::new).collect());
        let (app, started) = (Arc::clone(app), this.clone());
        tasks.keep_until("jobs", move |stop| {
            let dispatcher = Dispatcher::new(&app, Arc::clone(&types), slots, figures.clone());
            let started = started.clone();
            async move {
                started.work(dispatcher, stop).await;
                Ok::<_, Infallible>(())
            }
        });
        Ok(this)
    }

    /// Takes no more jobs; those that run go on.
    pub fn leave(&self) {
        self.leaving.cancel();
    }

    /// Waits until nothing runs any more, after [`Workers::leave`].
    pub async fn finished(&self) {
        self.finished.cancelled().await;
    }

    /// Works through every loss of the connection.
    async fn work(&self, mut dispatcher: Dispatcher, stop: CancellationToken) {
        let mut pause = RECONNECT_MIN;
        let mut is_lost = false;
        loop {
            let opened = tokio::time::Instant::now();
            let ended = match Session::open(&dispatcher.app().db).await {
                Ok(session) => {
                    if std::mem::take(&mut is_lost) {
                        tracing::info!("the workers have the database again");
                    }
                    dispatcher.work(session, &self.leaving, &stop).await
                }
                Err(error) => Err(error),
            };
            let mut is_standby = false;
            match ended {
                Ok(()) => break,
                // Said when the server started. It may be a standby that takes over one day.
                Err(error) if Absence::behind(&error) == Some(Absence::ReadOnly) => {
                    is_standby = true;
                }
                // What is told of a server that ends is no alarm: the database may end before it.
                Err(error) if is_lost || stop.is_cancelled() => {
                    tracing::debug!(%error, "the workers have no database");
                }
                Err(error) => {
                    is_lost = true;
                    tracing::warn!(%error, "the workers lost the database, and look for it");
                }
            }
            if opened.elapsed() > RECONNECT_MAX {
                pause = RECONNECT_MIN;
            }
            let rest = if is_standby { STANDBY_EVERY } else { pause };
            let rest = rest.mul_f64(rand::random_range(0.5..1.5));
            if dispatcher.rest(rest, &self.leaving, &stop).await {
                break;
            }
            pause = (pause * 2).min(RECONNECT_MAX);
        }
        self.finished.cancel();
    }
}

async fn register(app: &AppState, types: &[JobType]) -> Result<(), Error> {
    let column = |of: fn(&JobType) -> &'static str| types.iter().map(of).collect::<Vec<_>>();
    let providers: Vec<Option<&str>> = types.iter().map(|known| known.provider).collect();
    let priorities: Vec<i32> = types.iter().map(|known| known.priority).collect();
    let attempts: Vec<i32> = types.iter().map(|known| known.attempts).collect();
    let (names, queues) = (column(|known| known.name), column(|known| known.queue));
    let client = app.db.system().await?;
    let registered = client
        .execute(
            REGISTER,
            &[&names, &queues, &priorities, &attempts, &providers],
        )
        .await;
    registered?;
    Ok(())
}
