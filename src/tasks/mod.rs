//! Work in the background: every job has a name, begins anew when it fails, and ends before what it works with does.
//!
//! A server stops its jobs in the order in which they would miss each other: the last that began ends first. Whoever
//! holds [`Tasks`] may start jobs; when nobody holds them any more, all jobs end.

use std::{
    fmt::Display,
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::FutureExt;
use parking_lot::{Mutex, MutexGuard};
use tokio::{
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

/// How long a job that failed waits before it begins anew, at first and at most.
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// What every job may take to end, however late it is.
const MOMENT: Duration = Duration::from_millis(100);
/// A job that ran for so long had begun well: the next pause is a short one again.
const STEADY_AFTER: Duration = Duration::from_secs(10);

/// The jobs of one server. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tasks(Arc<Jobs>);

/// Hears of panics: the job's name.
#[derive(Default)]
struct PanicListener(OnceLock<Box<dyn Fn(&'static str) + Send + Sync>>);

impl std::fmt::Debug for PanicListener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PanicListener")
    }
}

#[derive(Debug, Default)]
struct Jobs {
    /// The parent of every job's token.
    stop: CancellationToken,
    /// In the order in which they began.
    running: Mutex<Vec<Job>>,
    panics: Arc<PanicListener>,
}

#[derive(Debug)]
struct Job {
    name: &'static str,
    stop: CancellationToken,
    handle: JoinHandle<()>,
}

/// When a job that returns does its work.
#[derive(Debug, Clone, Copy)]
pub struct Every {
    /// The first time, counted from the start.
    pub first_after: Duration,
    /// From the end of one time to the next.
    pub period: Duration,
}

impl Every {
    /// At once, and again and again.
    pub const fn from_now(period: Duration) -> Self {
        Every {
            first_after: Duration::ZERO,
            period,
        }
    }

    /// The first time when the period is over.
    pub const fn after(period: Duration) -> Self {
        Every {
            first_after: period,
            period,
        }
    }
}

impl Tasks {
    /// Has somebody told of every panic of a job, on the thread that it happened on. The first to ask is the one.
    pub fn on_panic(&self, listen: impl Fn(&'static str) + Send + Sync + 'static) {
        let _ = self.0.panics.0.set(Box::new(listen));
    }

    /// Of a program that needs the parts of a server without what they do by themselves: jobs end where they begin.
    #[must_use]
    pub fn none() -> Self {
        let tasks = Tasks::default();
        tasks.0.stop.cancel();
        tasks
    }

    /// Keeps a job at work until the server stops. `begin` makes its future, anew after each error and panic; one that
    /// returns without an error has done what there was to do. When the server stops, it is dropped where it waits.
    pub fn keep<W, E>(&self, name: &'static str, begin: impl Fn() -> W + Send + Sync + 'static)
    where
        W: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + Send,
    {
        self.keep_until(name, move |stop| {
            let work = begin();
            async move { stop.run_until_cancelled_owned(work).await.unwrap_or(Ok(())) }
        });
    }

    /// The same for a job that has something to finish: it ends by itself, soon after its token is cancelled.
    pub fn keep_until<W, E>(
        &self,
        name: &'static str,
        begin: impl Fn(CancellationToken) -> W + Send + Sync + 'static,
    ) where
        W: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + Send,
    {
        self.start(name, move |stop, panics| async move {
            let mut pause = PAUSE_MIN;
            loop {
                let began = Instant::now();
                if attempt((name, &panics), &stop, async { begin(stop.clone()).await }).await {
                    return;
                }
                if began.elapsed() > STEADY_AFTER {
                    pause = PAUSE_MIN;
                }
                let waited = stop.run_until_cancelled(tokio::time::sleep(pause)).await;
                if waited.is_none() {
                    return;
                }
                pause = (pause * 2).min(PAUSE_MAX);
            }
        });
    }

    /// Does something again and again until the server stops, which drops it where it waits. What fails once is said,
    /// and done the next time.
    pub fn every<W, E>(
        &self,
        name: &'static str,
        every: Every,
        work: impl Fn() -> W + Send + Sync + 'static,
    ) where
        W: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + Send,
    {
        self.start(name, move |stop, panics| async move {
            let mut pause = every.first_after;
            while stop
                .run_until_cancelled(tokio::time::sleep(pause))
                .await
                .is_some()
            {
                let done = stop.run_until_cancelled(async { work().await });
                attempt(
                    (name, &panics),
                    &stop,
                    done.map(|done| done.unwrap_or(Ok(()))),
                )
                .await;
                pause = every.period;
            }
        });
    }

    /// Does something once, to its end: a server that stops waits for it.
    pub fn once<E>(
        &self,
        name: &'static str,
        work: impl Future<Output = Result<(), E>> + Send + 'static,
    ) where
        E: Display + Send,
    {
        self.start(name, move |stop, panics| async move {
            attempt((name, &panics), &stop, work).await;
        });
    }

    /// Ends all jobs, the last that began first, and waits for each. The names of those that did not end within the
    /// time, which are dropped where they are.
    pub async fn stop(&self, within: Duration) -> Vec<&'static str> {
        let deadline = Instant::now() + within;
        let mut late = Vec::new();
        loop {
            let last = self.0.running().pop();
            let Some(mut job) = last else {
                return late;
            };
            job.stop.cancel();
            // One that was slow leaves the others a moment all the same.
            let until = deadline.max(Instant::now() + MOMENT);
            if timeout_at(until, &mut job.handle).await.is_err() {
                job.handle.abort();
                late.push(job.name);
            }
        }
    }

    fn start<W>(
        &self,
        name: &'static str,
        work: impl FnOnce(CancellationToken, Arc<PanicListener>) -> W,
    ) where
        W: Future<Output = ()> + Send + 'static,
    {
        let stop = self.0.stop.child_token();
        let handle = tokio::spawn(work(stop.clone(), Arc::clone(&self.0.panics)));
        let mut running = self.0.running();
        running.retain(|job| !job.handle.is_finished());
        running.push(Job { name, stop, handle });
    }
}

impl Jobs {
    fn running(&self) -> MutexGuard<'_, Vec<Job>> {
        self.running.lock()
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Works until it is done or fails; whether it is done. What fails while the server stops is no alarm: what it worked
/// with may be gone already.
async fn attempt<E: Display>(
    (name, panics): (&'static str, &PanicListener),
    stop: &CancellationToken,
    work: impl Future<Output = Result<(), E>>,
) -> bool {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) if stop.is_cancelled() => {
            tracing::debug!(job = name, %error, "a background job ended");
        }
        Ok(Err(error)) => {
            tracing::warn!(job = name, %error, "a background job failed; it is tried again");
        }
        Err(_) => {
            tracing::error!(job = name, "a background job panicked; it begins anew");
            if let Some(listen) = panics.0.get() {
                listen(name);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests;
