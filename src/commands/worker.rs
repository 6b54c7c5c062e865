use std::process::ExitCode;
use std::time::Duration;

use tokio::time::timeout;

use super::{Failure, open_migrated, start_checks, stop::Stop};
use crate::app::JobWorker;
use crate::auth;
use crate::config::Settings;
use crate::db::{self, Db};

/// What handing jobs back may take.
const HAND_BACK_WITHIN: Duration = Duration::from_secs(2);

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    if settings.jobs.workers == 0 {
        return Err(
            "with --workers 0 there is nothing to do; give the number of jobs at once".into(),
        );
    }
    let mut stop = Stop::listen()?;
    let (database, db) = open_migrated(settings).await?;
    let outcome = work(settings, db.clone(), &mut stop).await;
    db::expect_absence();
    db.close();
    database.stop().await;
    tracing::info!("stopped");
    outcome.map(|()| ExitCode::SUCCESS)
}

/// Works until asked to stop, then lets running jobs finish within the grace period.
async fn work(settings: &Settings, db: Db, stop: &mut Stop) -> Result<(), Failure> {
    start_checks::secrets(&db, settings, &auth::jwt_secret(settings)?).await?;
    let worker = JobWorker::start(settings, db).await?;
    tracing::info!(workers = settings.jobs.workers, "working on jobs");
    stop.asked().await;
    tracing::info!("stopping");
    worker.workers.leave();
    let grace = Duration::from_millis(settings.http.shutdown_grace_ms);
    tokio::select! {
        finished = timeout(grace, worker.workers.finished()) => {
            if finished.is_err() {
                tracing::warn!("jobs that still ran are handed back");
            }
        }
        _ = stop.asked() => tracing::warn!("asked again; jobs that still ran are handed back"),
    }
    worker.stop(HAND_BACK_WITHIN).await;
    Ok(())
}
