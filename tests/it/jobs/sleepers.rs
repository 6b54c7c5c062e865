//! Workers that have nothing to do leave the database alone, and wake when somebody enqueues.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Bench, empty};
use crate::support::{connect, program::mindloom, scratch_dir};

/// How long an idle worker is watched, in seconds.
const WATCHED_S: u32 = 20;

#[tokio::test]
async fn a_worker_without_work_hardly_asks() {
    let bench = Bench::idle().await;
    bench.app.leave();
    let name = bench
        .count("select oid::bigint from pg_database where datname = current_database()")
        .await;
    let done = bench.enqueue("notes.purge_deleted", json!({})).await;
    let mut worker = mindloom([
        "worker",
        "--workers",
        "4",
        "--database-url",
        bench.test.url(),
        "--data-dir",
    ])
    .arg(scratch_dir())
    .args(["--jwt-secret", crate::support::server::SECRET])
    .spawn()
    .expect("the binary runs");
    bench.wait(done, &["completed"]).await;
    // Their minute might fall into the time that is watched.
    bench
        .count("with off as (update public.job_schedules set is_enabled = false returning 1) select count(*) from off")
        .await;
    let url = bench.test.settings.url.as_ref().expect("an address");
    let mut outside = bench.test.settings.clone();
    outside.url = Some(url.with_database("postgres"));
    let outside = connect(&outside).await;
    // The server's own work ends; what is left is the worker.
    bench.app.stop(Duration::from_secs(10)).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    // When each connection of the worker last began a statement: the server beside it has work of its own.
    let last = "select pid::text || query_start::text from pg_stat_activity
        where datid = $1::bigint::oid and application_name = 'mindloom worker'";
    let mut began = std::collections::BTreeSet::new();
    let watched = Instant::now();
    while watched.elapsed() < Duration::from_secs(WATCHED_S.into()) {
        let rows = outside.query(last, &[&name]).await.expect("connections");
        assert!(!rows.is_empty(), "the worker is connected");
        began.extend(rows.iter().map(|row| row.get::<_, String>(0)));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The first was there before.
    let statements = began.len() - 1;
    worker.kill().expect("it runs");
    worker.wait().expect("it ends");
    assert!(
        statements <= WATCHED_S as usize / 5,
        "{statements} in {WATCHED_S} seconds"
    );
}

#[tokio::test]
async fn a_sleeper_is_woken_by_whoever_commits() {
    let bench = Bench::new(vec![empty("test.empty")], 2).await;
    let asleep = "select count(*) from pg_locks l join pg_database d on d.oid = l.database \
                  where d.datname = current_database() and locktype = 'advisory' and mode = 'ExclusiveLock' and granted";
    let mut took = Vec::new();
    for _ in 0..10 {
        bench.until(asleep, 1).await;
        let begun = Instant::now();
        let id = bench.enqueue("test.empty", json!({})).await;
        bench.wait(id, &["completed"]).await;
        took.push(begun.elapsed());
    }
    took.sort();
    assert!(
        took[5] < Duration::from_millis(500),
        "far sooner than the slow look: {took:?}"
    );

    // One that waits for its time is done at its time.
    let client = bench.test.db.system().await.expect("a connection");
    bench.until(asleep, 1).await;
    let begun = Instant::now();
    let sql = "select private.enqueue_job('test.empty', '{}', null, null, interval '700 ms')";
    let id = client.query_one(sql, &[]).await.expect("a job").get(0);
    bench.wait(id, &["completed"]).await;
    let took = begun.elapsed();
    assert!((700..3_000).contains(&took.as_millis()), "{took:?}");
}
