//! What a job works with.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::time::{Interval, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{JobError, JobTransaction};
use crate::app_state::AppState;

/// Progress is written this often at most.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);
/// A row that a transaction of the attempt holds is left alone: progress is not worth waiting for.
const SET_PROGRESS: &str = "
    update public.job_queue set progress = $3
    where id in (select id from public.job_queue
      where id = $1 and fence = $2 and status = 'processing' and progress <> $3 for update skip locked)";

/// Whoever waits for somebody else gives a sign this often.
const SIGN_EVERY: Duration = Duration::from_secs(30);

/// One attempt at a job, and what it works with.
pub struct JobContext {
    app: Arc<AppState>,
    id: Uuid,
    owner: Option<Uuid>,
    attempt: i32,
    fence: i64,
    cancelled: CancellationToken,
    signs: Mutex<Signs>,
}

/// When the attempt was heard of.
struct Signs {
    last: Instant,
    progress: Option<Instant>,
}

impl JobContext {
    pub(super) fn new(
        app: Arc<AppState>,
        (id, fence): (Uuid, i64),
        owner: Option<Uuid>,
        attempt: i32,
        cancelled: CancellationToken,
    ) -> Self {
        JobContext {
            app,
            id,
            owner,
            attempt,
            fence,
            cancelled,
            signs: Mutex::new(Signs {
                last: Instant::now(),
                progress: None,
            }),
        }
    }

    /// The server's parts.
    #[must_use]
    pub fn app(&self) -> &Arc<AppState> {
        &self.app
    }

    /// The job's key.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Whom it is done for; none for the server's own.
    #[must_use]
    pub fn owner(&self) -> Option<Uuid> {
        self.owner
    }

    /// Which attempt this is, from 1.
    #[must_use]
    pub fn attempt(&self) -> i32 {
        self.attempt
    }

    /// Cancelled when the job is to end: somebody wished so, the server stops, or the lease was lost. An attempt that
    /// does not heed it is dropped half a second later, where it waits.
    #[must_use]
    pub fn cancelled(&self) -> &CancellationToken {
        &self.cancelled
    }

    /// Gives a sign of life, as everything else here does: an attempt that gives none for its type's timeout is given
    /// up.
    pub fn sign(&self) {
        self.signs.lock().last = Instant::now();
    }

    /// Waits for something that may say nothing for longer than an attempt may, and has a bound of its own: a provider
    /// that thinks, a tool that works.
    pub async fn signing<T>(&self, waited: impl Future<Output = T>) -> T {
        ticking(SIGN_EVERY, || self.sign(), waited).await
    }

    /// Ticks when it is time for a sign of whoever waits for many things one after the other, such as the words of an
    /// answer: a timer for all of them. See [`Self::signing`].
    #[must_use]
    pub fn signs(&self) -> Interval {
        let mut signs = interval_at(tokio::time::Instant::now() + SIGN_EVERY, SIGN_EVERY);
        signs.set_missed_tick_behavior(MissedTickBehavior::Delay);
        signs
    }

    /// Says how much is done, from 0 to 100 per cent. Written five times a second at most; what comes too soon after
    /// the last is left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn progress(&self, percent: i32) -> Result<(), JobError> {
        let now = Instant::now();
        {
            let mut signs = self.signs.lock();
            signs.last = now;
            if signs.progress.is_some_and(|at| now < at + PROGRESS_EVERY) {
                return Ok(());
            }
            signs.progress = Some(now);
        }
        let client = self.app.db.system().await?;
        let statement = client.prepare_cached(SET_PROGRESS).await?;
        let percent = percent.clamp(0, 100);
        client
            .execute(&statement, &[&self.id, &self.fence, &percent])
            .await?;
        Ok(())
    }

    /// Begins a transaction of the server that is this attempt's: while it is open, nobody else can have the job.
    ///
    /// # Errors
    /// [`JobError::Lost`] when the job is no longer this attempt's; when the database does not answer.
    pub async fn transaction(&self) -> Result<JobTransaction, JobError> {
        self.sign();
        JobTransaction::begin(&self.app.db, self.id, self.fence).await
    }

    /// How long ago it was heard of.
    pub(super) fn silent_for(&self) -> Duration {
        self.signs.lock().last.elapsed()
    }
}

/// Waits for something, and does something else again and again meanwhile.
async fn ticking<T>(every: Duration, tick: impl Fn(), waited: impl Future<Output = T>) -> T {
    let mut waited = std::pin::pin!(waited);
    loop {
        tokio::select! {
            biased;
            done = &mut waited => return done,
            () = tokio::time::sleep(every) => tick(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn signs_are_given_until_what_is_waited_for_is_there() {
        let (signs, enough) = (AtomicUsize::new(0), tokio::sync::Notify::new());
        let tick = || {
            if signs.fetch_add(1, Ordering::Relaxed) == 2 {
                enough.notify_one();
            }
        };
        let waited = async {
            enough.notified().await;
            "there"
        };
        assert_eq!(
            ticking(Duration::from_millis(1), tick, waited).await,
            "there"
        );
        assert_eq!(signs.load(Ordering::Relaxed), 3);
    }
}
