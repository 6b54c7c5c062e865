//! Jobs: taken, done, tried again, ended.

mod acts;
mod clusters;
mod holds;
mod kills;
mod queue;
mod schedules;
mod sleepers;
mod turns;

use std::{sync::Arc, time::Duration};

use mindloom::{
    app::App,
    error::Error,
    jobs::{JobError, JobType, Outcome, Workers},
    metrics::Metrics,
    tasks::Tasks,
};
use serde_json::Value;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::support::{
    TestDb,
    server::{settings, start},
};

/// The payload of jobs to which it is all the same.
#[derive(serde::Deserialize)]
pub struct Anything {}

/// A type that ends at once.
pub fn empty(name: &'static str) -> JobType {
    JobType::new(name, |_, _: Anything| {
        Box::pin(async { Ok(Outcome::nothing()) })
    })
}

/// A type whose attempts begin, say so, and wait until they are cancelled.
pub fn endless(name: &'static str, begun: &Arc<Semaphore>) -> JobType {
    let begun = Arc::clone(begun);
    JobType::new(name, move |context, _: Anything| {
        begun.add_permits(1);
        Box::pin(async move {
            context.cancelled().cancelled().await;
            Err(JobError::Fatal(Error::bad_input("it was cancelled")))
        })
    })
}

/// Waits until so many attempts have begun.
pub async fn begun(semaphore: &Semaphore, count: u32) {
    let begun = tokio::time::timeout(Duration::from_secs(15), semaphore.acquire_many(count));
    begun
        .await
        .expect("they begin in time")
        .expect("open")
        .forget();
}

/// A database, a server that works on no jobs, and workers with types of the test's own.
pub struct Bench {
    pub test: TestDb,
    pub app: App,
    tasks: Tasks,
}

impl Bench {
    /// With these types of jobs, and as many places for them.
    pub async fn new(types: Vec<JobType>, places: u16) -> Self {
        let bench = Self::idle().await;
        bench.work(types, places).await;
        bench
    }

    /// Without workers.
    pub async fn idle() -> Self {
        let test = TestDb::new().await;
        let app = start(&settings(&["--workers", "0"]), &test.db).await;
        let tasks = Tasks::default();
        Bench { test, app, tasks }
    }

    /// Starts workers, beside those that there are.
    pub async fn work(&self, types: Vec<JobType>, places: u16) -> Workers {
        let parts = Arc::clone(&self.app.state);
        Workers::start_with(
            &parts,
            types,
            usize::from(places),
            &self.tasks,
            &Metrics::default(),
        )
        .await
        .expect("workers")
    }

    /// Enqueues a job of the server's own.
    pub async fn enqueue(&self, job_type: &str, payload: Value) -> Uuid {
        self.enqueue_for(job_type, payload, None, None).await
    }

    /// Enqueues a job of somebody, with a key.
    pub async fn enqueue_for(
        &self,
        job_type: &str,
        payload: Value,
        owner: Option<Uuid>,
        key: Option<&str>,
    ) -> Uuid {
        let client = self.test.db.system().await.expect("a connection");
        let sql = "select private.enqueue_job($1, $2, $3, $4)";
        let row = client
            .query_one(sql, &[&job_type, &payload, &owner, &key])
            .await;
        row.expect("a job").get(0)
    }

    /// The one number that a query gives.
    pub async fn count(&self, sql: &str) -> i64 {
        let client = self.test.db.system().await.expect("a connection");
        let row = client.query_one(sql, &[]).await;
        row.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
            .get(0)
    }

    /// Waits until a query gives this number.
    pub async fn until(&self, sql: &str, wanted: i64) {
        for _ in 0..1_500 {
            if self.count(sql).await == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{sql} is {}, not {wanted}", self.count(sql).await);
    }

    /// Stops the workers, which hand back what they have.
    pub async fn stop(&self) {
        let late = self.tasks.stop(Duration::from_secs(10)).await;
        assert!(late.is_empty(), "{late:?}");
    }

    /// Waits until a job is in one of these states, and gives its row.
    pub async fn wait(&self, id: Uuid, states: &[&str]) -> Value {
        let client = self.test.db.system().await.expect("a connection");
        let sql = "select to_jsonb(j) from public.job_queue j where id = $1";
        for _ in 0..1_500 {
            let row = client.query_one(sql, &[&id]).await.expect("the job");
            let job: Value = row.get(0);
            if states.iter().any(|state| job["status"] == *state) {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the job did not become {states:?} within 15 seconds");
    }
}
