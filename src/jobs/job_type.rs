//! A type of job: what it does, and how often, how long and beside how many others.

use std::{fmt, time::Duration};

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{JobContext, JobError, Outcome};

/// What goes first: 0 before all others.
pub mod priority {
    /// Somebody waits for it.
    pub const URGENT: i32 = 10;
    /// What nothing else is said of.
    pub const NORMAL: i32 = 100;
    /// What may wait for all others.
    pub const UPKEEP: i32 = 500;
}

type Run = Box<
    dyn for<'a> Fn(&'a JobContext, Value) -> BoxFuture<'a, Result<Outcome, JobError>> + Send + Sync,
>;

/// A line of the registry.
pub struct JobType {
    /// As `job_queue.job_type` says it.
    pub name: &'static str,
    /// Jobs of one queue are of one kind, for people who look at them.
    pub queue: &'static str,
    /// What goes first, from 0 to 1,000; see [`priority`].
    pub priority: i32,
    /// How many run at once at most, on all workers together.
    pub concurrency: i32,
    /// How long an attempt may give no sign (progress, a transaction) before it is given up and tried again.
    pub timeout: Duration,
    /// How often it is tried.
    pub attempts: i32,
    /// The pause after the first failure; it doubles with each further one, up to an hour.
    pub backoff: Duration,
    /// Whose service it needs, where that does not depend on the payload's `provider`.
    pub provider: Option<&'static str>,
    /// When it runs without being asked: a cron line in UTC, until an administrator says otherwise.
    pub schedule: Option<&'static str>,
    /// Whether it waits for others nearly all the time: then it takes none of the process's places for work.
    pub waits: bool,
    run: Run,
}

impl JobType {
    /// A type with typed payloads and the defaults of everything else: queue `default`, normal priority, eight at
    /// once, five minutes, three attempts, five seconds' pause.
    pub fn new<P, F>(name: &'static str, run: F) -> Self
    where
        P: DeserializeOwned,
        F: for<'a> Fn(&'a JobContext, P) -> BoxFuture<'a, Result<Outcome, JobError>>
            + Send
            + Sync
            + 'static,
    {
        let run: Run = Box::new(
            move |context, payload| match serde_json::from_value(payload) {
                Ok(payload) => run(context, payload),
                Err(error) => Box::pin(async move { Err(JobError::unreadable(&error)) }),
            },
        );
        JobType {
            name,
            queue: "default",
            priority: priority::NORMAL,
            concurrency: 8,
            timeout: Duration::from_secs(300),
            attempts: 3,
            backoff: Duration::from_secs(5),
            provider: None,
            schedule: None,
            waits: false,
            run,
        }
    }

    /// Sets the queue.
    #[must_use]
    pub fn queue(mut self, queue: &'static str) -> Self {
        self.queue = queue;
        self
    }

    /// Sets the priority.
    #[must_use]
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// Sets how many run at once on all workers together.
    #[must_use]
    pub fn concurrency(mut self, count: i32) -> Self {
        self.concurrency = count;
        self
    }

    /// Sets how long an attempt may give no sign.
    #[must_use]
    pub fn timeout_s(mut self, seconds: u64) -> Self {
        self.timeout = Duration::from_secs(seconds);
        self
    }

    /// Sets how often it is tried.
    #[must_use]
    pub fn attempts(mut self, count: i32) -> Self {
        self.attempts = count;
        self
    }

    /// Sets the pause after the first failure.
    #[must_use]
    pub fn backoff_s(mut self, seconds: u64) -> Self {
        self.backoff = Duration::from_secs(seconds);
        self
    }

    /// Sets whose service it needs.
    #[must_use]
    pub fn provider(mut self, name: &'static str) -> Self {
        self.provider = Some(name);
        self
    }

    /// Sets when it runs without being asked: a cron line in UTC.
    #[must_use]
    pub fn schedule(mut self, cron: &'static str) -> Self {
        self.schedule = Some(cron);
        self
    }

    /// Says that it waits for others nearly all the time, as for a model's answer. Many such jobs run beside those that
    /// work: `MINDLOOM_ANSWERS` of each process.
    #[must_use]
    pub fn waits(mut self) -> Self {
        self.waits = true;
        self
    }

    /// Makes an attempt.
    pub(super) fn run<'a>(
        &self,
        context: &'a JobContext,
        payload: Value,
    ) -> BoxFuture<'a, Result<Outcome, JobError>> {
        (self.run)(context, payload)
    }

    /// How long a job waits after it failed so often: about twice as long each time, never the same for all that
    /// failed together.
    pub(super) fn pause_after(&self, attempt: i32) -> Duration {
        const PAUSE_MAX: Duration = Duration::from_secs(3_600);
        let doublings = u32::try_from(attempt.saturating_sub(1))
            .unwrap_or(0)
            .min(20);
        let pause = self.backoff.saturating_mul(1 << doublings).min(PAUSE_MAX);
        pause.mul_f64(rand::random_range(0.75..1.25))
    }
}

impl fmt::Debug for JobType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JobType").field(&self.name).finish()
    }
}
