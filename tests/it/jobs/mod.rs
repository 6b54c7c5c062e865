//! Jobs: taken, done, tried again, ended.

mod queue;

use std::{sync::Arc, time::Duration};

use mindloom::{
    app::App,
    jobs::{JobType, Workers},
    tasks::Tasks,
};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{
    TestDb,
    server::{settings, start},
};

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
        Workers::start_with(&parts, types, usize::from(places), &self.tasks)
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
