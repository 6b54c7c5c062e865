//! One attempt at a job, from its payload to how it ended.

use std::{
    any::Any,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use serde_json::Value;
use tokio::{sync::Semaphore, time::timeout};
use uuid::Uuid;

use super::super::{JobContext, JobError, JobType, Outcome};
use crate::request_id::RequestId;

/// What a cancelled attempt has to end by itself.
const GRACE: Duration = Duration::from_millis(500);

/// How an attempt ended, as `private.end_jobs` is told.
#[derive(Debug, Clone)]
pub(super) enum End {
    Completed(Value),
    /// The attempt wrote it itself.
    Written,
    Retry {
        error: String,
        after: Duration,
    },
    Failed(String),
    Dead(String),
    /// A provider asks to wait.
    Wait {
        provider: String,
        until: Instant,
    },
    /// The job is another's, or gone: there is nothing to write.
    Lost,
    /// It was dropped, or ended itself, because its token was cancelled.
    Interrupted,
}

/// How long a job that was taken may wait for a place before it is handed back: others may have one.
const PLACE_WITHIN: Duration = Duration::from_secs(1);

/// Makes an attempt once there is a place for it, and says how long that took. It ends by itself, when it is cancelled,
/// or when it gives no sign for too long.
pub(super) async fn make(
    places: Option<&Semaphore>,
    job_type: &JobType,
    context: JobContext,
    payload: Value,
) -> (End, Duration) {
    let _place = match places {
        None => None,
        Some(places) => {
            let place = tokio::select! {
                place = timeout(PLACE_WITHIN, places.acquire()) => place,
                () = context.cancelled().cancelled() => return (End::Interrupted, PLACE_WITHIN),
            };
            let Ok(Ok(place)) = place else {
                return (End::Interrupted, PLACE_WITHIN);
            };
            Some(place)
        }
    };
    context.sign();
    let (id, began) = (RequestId::generate(), Instant::now());
    let end = id.scope(watched(job_type, &context, payload)).await;
    (end, began.elapsed())
}

async fn watched(job_type: &JobType, context: &JobContext, payload: Value) -> End {
    let run = AssertUnwindSafe(job_type.run(context, payload)).catch_unwind();
    futures_util::pin_mut!(run);
    loop {
        let patience = job_type.timeout.saturating_sub(context.silent_for());
        tokio::select! {
            biased;
            ended = &mut run => {
                // What fails once it is cancelled failed because of that.
                let is_cancelled = context.cancelled().is_cancelled();
                return match ended {
                    Ok(Err(_)) if is_cancelled => End::Interrupted,
                    ended => end(job_type, context, ended),
                };
            }
            () = context.cancelled().cancelled() => {
                return match timeout(GRACE, &mut run).await {
                    Ok(Ok(Ok(outcome))) => end(job_type, context, Ok(Ok(outcome))),
                    _ => End::Interrupted,
                };
            }
            () = tokio::time::sleep(patience) => {
                if context.silent_for() >= job_type.timeout {
                    let seconds = job_type.timeout.as_secs();
                    let error = format!("It gave no sign for {seconds} seconds and was given up");
                    return retry(job_type, context, error);
                }
            }
        }
    }
}

fn end(
    job_type: &JobType,
    context: &JobContext,
    ended: Result<Result<Outcome, JobError>, Box<dyn Any + Send>>,
) -> End {
    let failed = match ended {
        Ok(Ok(Outcome::Done(result))) => return End::Completed(result),
        Ok(Ok(Outcome::Written)) => return End::Written,
        Ok(Err(failed)) => failed,
        Err(_) => {
            tracing::error!(job = %context.id(), job_type = job_type.name, "a job panicked");
            context.app().records.faults.job_panicked(job_type.name);
            let error = "The server failed while it worked on this job; its log says where".into();
            return retry(job_type, context, error);
        }
    };
    // Of the error its code alone: sentences may quote what the job worked on.
    let (end, code) = match failed {
        JobError::Retry(error) => {
            let said = error.message().to_owned();
            (retry(job_type, context, said), error.code())
        }
        JobError::Fatal(error) => (End::Failed(error.message().to_owned()), error.code()),
        JobError::Dead(error) => (End::Dead(error.message().to_owned()), error.code()),
        JobError::Wait { provider, until } => return End::Wait { provider, until },
        JobError::Lost => return End::Lost,
    };
    tracing::warn!(
        job = %context.id(), job_type = job_type.name, attempt = context.attempt(), %code,
        "an attempt at a job failed"
    );
    end
}

fn retry(job_type: &JobType, context: &JobContext, error: String) -> End {
    let after = job_type.pause_after(context.attempt());
    End::Retry { error, after }
}

/// An attempt that ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub id: Uuid,
    pub end: End,
    /// How long it ran.
    pub took: Duration,
}
