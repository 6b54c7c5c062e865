//! The queue: empty jobs through one process, from commit to start on an idle one, and what an idle one asks.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use mindloom::{
    jobs::{JobType, Outcome, Workers},
    metrics::Metrics,
    tasks::Tasks,
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::stand::Stand;

const JOBS: i64 = 40_000;
const STARTS: usize = 200;
const WATCHED: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Payload {}

/// When attempts began.
type Starts = Arc<Mutex<Vec<Instant>>>;

/// Runs the part and returns its rows.
pub async fn run(stand: &Stand, share: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    for places in [8, 64] {
        rows.push(throughput(stand, share, places).await);
    }
    rows.push(starts(stand, share).await);
    rows.push(idle(stand, share).await);
    rows
}

async fn work(stand: &Stand, places: usize, starts: &Starts) -> Tasks {
    let (tasks, starts) = (Tasks::default(), Arc::clone(starts));
    let empty = JobType::new("bench.empty", move |_, _: Payload| {
        starts.lock().expect("no panic").push(Instant::now());
        Box::pin(async { Ok(Outcome::nothing()) })
    })
    .concurrency(10_000);
    Workers::start_with(&stand.app, vec![empty], places, &tasks, &Metrics::default())
        .await
        .expect("workers");
    tasks
}

async fn throughput(stand: &Stand, share: usize, places: usize) -> Value {
    let client = stand.db.system().await.expect("a connection");
    let jobs = JOBS / i64::try_from(share).expect("small");
    let begun = Instant::now();
    let enqueue = "select count(private.enqueue_job('bench.empty', '{}')) from generate_series(1, $1::bigint)";
    client.query_one(enqueue, &[&jobs]).await.expect("jobs");
    let enqueued = begun.elapsed();
    client
        .batch_execute("vacuum analyze public.job_queue")
        .await
        .expect("statistics");
    let begun = Instant::now();
    let tasks = work(stand, places, &Starts::default()).await;
    let left = "select exists (select from public.job_queue where job_type = 'bench.empty' and status <> 'completed')";
    while client.query_one(left, &[]).await.expect("a look").get(0) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = begun.elapsed();
    tasks.stop(Duration::from_secs(5)).await;
    client
        .batch_execute("truncate public.job_queue")
        .await
        .expect("empty again");
    json!({
        "part": "queue", "figure": "throughput", "places": places, "jobs": jobs,
        "enqueued_per_s": jobs as f64 / enqueued.as_secs_f64(),
        "jobs_per_s": jobs as f64 / took.as_secs_f64(),
    })
}

async fn starts(stand: &Stand, share: usize) -> Value {
    let client = stand.db.system().await.expect("a connection");
    let starts = Starts::default();
    let tasks = work(stand, 8, &starts).await;
    let mut took = Vec::new();
    for _ in 0..(STARTS / share).max(5) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        starts.lock().expect("no panic").clear();
        let enqueue = "select private.enqueue_job('bench.empty', '{}')";
        let _: Uuid = client.query_one(enqueue, &[]).await.expect("a job").get(0);
        let committed = Instant::now();
        let began = loop {
            let began = starts.lock().expect("no panic").first().copied();
            match began {
                Some(began) => break began,
                None => tokio::time::sleep(Duration::from_micros(200)).await,
            }
        };
        took.push(began.saturating_duration_since(committed).as_secs_f64() * 1e3);
    }
    tasks.stop(Duration::from_secs(5)).await;
    took.sort_by(f64::total_cmp);
    json!({
        "part": "queue", "figure": "commit to start", "starts": took.len(),
        "p50_ms": took[took.len() / 2], "p95_ms": took[took.len() * 95 / 100],
    })
}

async fn idle(stand: &Stand, share: usize) -> Value {
    let client = stand.db.system().await.expect("a connection");
    // What PostgreSQL does by itself counts as transactions, too.
    for quiet in [
        "alter system set autovacuum = off",
        "select pg_reload_conf()",
    ] {
        client.batch_execute(quiet).await.expect("no autovacuum");
    }
    let tasks = work(stand, 8, &Starts::default()).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let watched = WATCHED / u32::try_from(share).expect("small");
    // This connection's own come on top.
    let committed = "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()";
    let before: i64 = client
        .query_one(committed, &[])
        .await
        .expect("a figure")
        .get(0);
    tokio::time::sleep(watched).await;
    let after: i64 = client
        .query_one(committed, &[])
        .await
        .expect("a figure")
        .get(0);
    tasks.stop(Duration::from_secs(5)).await;
    json!({
        "part": "queue", "figure": "idle", "watched_s": watched.as_secs(),
        "statements_per_s": (after - before - 1).max(0) as f64 / watched.as_secs_f64(),
    })
}
