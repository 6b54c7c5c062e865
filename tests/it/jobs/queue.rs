//! What becomes of a job.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::{Duration, Instant},
};

use mindloom::{
    error::{Code, Error},
    jobs::{JobError, JobType, Outcome},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Anything, Bench, empty};
use crate::support::server::RunningServer;

/// A type whose attempts fail so often, then succeed.
fn failing(times: i32) -> JobType {
    let left = Arc::new(AtomicI32::new(times));
    JobType::new("test.failing", move |_, _: Anything| {
        let left = Arc::clone(&left);
        Box::pin(async move {
            match left.fetch_sub(1, Ordering::SeqCst) {
                ..=0 => Ok(Outcome::Done(json!({"done": true}))),
                _ => Err(Error::new(Code::Unavailable, "The oven is cold").into()),
            }
        })
    })
    .backoff_s(0)
}

#[tokio::test]
async fn a_server_does_what_is_enqueued() {
    let bench = Bench::idle().await;
    let server = RunningServer::start(&bench.test.db, &[]).await;
    let client = bench.test.db.system().await.expect("a connection");
    client
        .batch_execute(
            "insert into auth.users (id, email) values ('10000000-0000-4000-8000-000000000001', 'ann@example.com'); \
             insert into public.notes (user_id, content, deleted_at) \
             select '10000000-0000-4000-8000-000000000001', 'x', now() - days * interval '1 day' \
             from unnest(array[29, 31, 32]) days",
        )
        .await
        .expect("notes in the bin");
    let id = bench.enqueue("notes.purge_deleted", json!({})).await;
    let job = bench.wait(id, &["completed"]).await;
    assert_eq!(job["result"], json!({"notes": 2}));
    assert_eq!(
        (&job["queue"], &job["progress"]),
        (&json!("upkeep"), &json!(100))
    );
    let left = client
        .query_one("select count(*) from public.notes", &[])
        .await;
    assert_eq!(left.expect("a count").get::<_, i64>(0), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_job_is_tried_again_and_tells_why() {
    let bench = Bench::new(vec![failing(2)], 4).await;
    let id = bench.enqueue("test.failing", json!({})).await;
    let job = bench.wait(id, &["completed"]).await;
    assert_eq!((&job["attempts"], &job["error"]), (&json!(3), &Value::Null));
    let said: Vec<&Value> = job["errors"].as_array().expect("errors").iter().collect();
    assert_eq!(said.len(), 2);
    assert_eq!(
        (&said[1]["attempt"], &said[1]["error"]),
        (&json!(2), &json!("The oven is cold"))
    );
}

#[tokio::test]
async fn a_job_that_fails_too_often_is_dead() {
    let bench = Bench::new(vec![failing(9)], 4).await;
    let id = bench.enqueue("test.failing", json!({})).await;
    let job = bench.wait(id, &["dead"]).await;
    assert_eq!(
        (&job["attempts"], &job["error"]),
        (&json!(3), &json!("The oven is cold"))
    );
    assert!(job["completed_at"].is_string());
}

#[tokio::test]
async fn what_cannot_succeed_ends_at_once() {
    let hopeless = JobType::new("test.hopeless", |_, _: Anything| {
        Box::pin(async { Err(JobError::Fatal(Error::bad_input("No oven has 900 degrees"))) })
    });
    let panics = JobType::new("test.panics", |_, _: Anything| {
        Box::pin(async { panic!("the secret in it") })
    })
    .attempts(1);
    let bench = Bench::new(vec![hopeless, panics], 4).await;
    let id = bench.enqueue("test.hopeless", json!({})).await;
    let job = bench.wait(id, &["failed"]).await;
    assert_eq!(
        (&job["attempts"], &job["error"]),
        (&json!(1), &json!("No oven has 900 degrees"))
    );
    let id = bench.enqueue("test.panics", json!({})).await;
    let job = bench.wait(id, &["dead"]).await;
    assert!(!job.to_string().contains("secret"), "{job}");
}

#[tokio::test]
async fn what_nobody_understands_is_dead_and_says_so() {
    #[derive(Deserialize)]
    struct Numbered {
        #[expect(dead_code, reason = "only its presence counts")]
        number: i32,
    }
    let numbered = JobType::new("test.numbered", |_, _: Numbered| {
        Box::pin(async { Ok(Outcome::nothing()) })
    });
    let bench = Bench::new(vec![numbered], 4).await;
    let id = bench.enqueue("test.numbered", json!({"count": 1})).await;
    let job = bench.wait(id, &["dead"]).await;
    let said = job["error"].as_str().unwrap_or_default();
    assert!(
        said.starts_with("This version of the server cannot read the job's payload"),
        "{said}"
    );
    let id = bench.enqueue("test.unheard_of", json!({})).await;
    let job = bench.wait(id, &["dead"]).await;
    let said = job["error"].as_str().unwrap_or_default();
    assert!(
        said.starts_with("No server knows jobs of the type test.unheard_of"),
        "{said}"
    );
}

#[tokio::test]
async fn of_a_key_one_job_waits_and_one_runs() {
    let (begin, proceed) = (
        Arc::new(tokio::sync::Notify::new()),
        Arc::new(tokio::sync::Notify::new()),
    );
    let (begun, go_on) = (Arc::clone(&begin), Arc::clone(&proceed));
    let slow = JobType::new("test.slow", move |_, _: Anything| {
        let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
        Box::pin(async move {
            begun.notify_one();
            go_on.notified().await;
            Ok(Outcome::nothing())
        })
    });
    let bench = Bench::new(vec![slow], 4).await;
    let first = bench
        .enqueue_for("test.slow", json!({}), None, Some("k"))
        .await;
    begin.notified().await;
    let second = bench
        .enqueue_for("test.slow", json!({}), None, Some("k"))
        .await;
    assert_ne!(
        first, second,
        "the first runs: what came after it is another's to see"
    );
    let third = bench
        .enqueue_for("test.slow", json!({}), None, Some("k"))
        .await;
    assert_eq!(second, third, "one waits already");
    let other = bench
        .enqueue_for("test.slow", json!({}), None, Some("other"))
        .await;
    begin.notified().await;
    assert_eq!(
        bench.wait(second, &["pending"]).await["attempts"],
        0,
        "the first still runs"
    );
    proceed.notify_one();
    proceed.notify_one();
    proceed.notify_waiters();
    begin.notified().await;
    proceed.notify_waiters();
    proceed.notify_one();
    for id in [first, second, other] {
        bench.wait(id, &["completed"]).await;
    }
}

#[tokio::test]
async fn a_lost_worker_costs_no_attempt_and_can_write_nothing() {
    let bench = Bench::idle().await;
    let id = bench.enqueue("test.failing", json!({})).await;
    let client = bench.test.db.system().await.expect("a connection");
    // As a worker of another process that is killed.
    let take = "select id from private.take_jobs('gone', '300 ms', 1, '{test.failing}', '{1}', 9, 9, $1) where id is not null";
    let taken = client
        .query(take, &[&uuid::Uuid::nil()])
        .await
        .expect("taken");
    assert_eq!(taken.len(), 1);
    let began = Instant::now();
    bench.work(vec![failing(0)], 4).await;
    let job = bench.wait(id, &["completed"]).await;
    assert!(began.elapsed() < Duration::from_secs(5), "within seconds");
    assert_eq!((&job["attempts"], &job["losses"]), (&json!(1), &json!(0)));
    assert_eq!(
        job["errors"][0]["error"],
        "The worker stopped while it worked on this job"
    );
    let late = "select from private.end_jobs(array[$1::uuid], '{1}', '{failed}', '{null}', '{late}', '{0}')";
    let written = client.query(late, &[&id]).await.expect("refused quietly");
    assert!(written.is_empty());
    assert_eq!(bench.wait(id, &["completed"]).await["error"], Value::Null);
}

/// A transaction that enqueues a job with a key, open until the test ends it.
async fn writer(bench: &Bench) -> (deadpool_postgres::Object, uuid::Uuid) {
    let client = bench.test.db.system().await.expect("a connection");
    client
        .batch_execute("begin; set local lock_timeout = '2s'")
        .await
        .expect("a transaction");
    let enqueue = "select private.enqueue_job('test.keyed', '{}', null, 'k', '200 milliseconds')";
    let row = client.query_one(enqueue, &[]).await.expect("a job");
    (client, row.get(0))
}

#[tokio::test]
async fn whoever_counts_on_a_job_that_waits_writes_nothing_and_waits_for_nobody() {
    let bench = Bench::idle().await;
    let first = bench
        .enqueue_for("test.keyed", json!({}), None, Some("k"))
        .await;
    let look = "select ctid::text || xmax::text from public.job_queue where id = $1";
    let client = bench.test.db.system().await.expect("a connection");
    let before: String = client.query_one(look, &[&first]).await.expect("it").get(0);
    let mut open = Vec::new();
    for _ in 0..3 {
        let (transaction, id) = writer(&bench).await;
        assert_eq!(id, first);
        open.push(transaction);
    }
    let after: String = client.query_one(look, &[&first]).await.expect("it").get(0);
    assert_eq!(before, after, "nobody touched the row");
}

#[tokio::test]
async fn what_is_written_while_the_job_is_taken_is_seen_by_another() {
    let bench = Bench::idle().await;
    let first = bench
        .enqueue_for("test.keyed", json!({}), None, Some("k"))
        .await;
    let (late, id) = writer(&bench).await;
    assert_eq!(id, first, "it counts on the one that waits");
    bench.work(vec![empty("test.keyed")], 4).await;
    bench.wait(first, &["completed"]).await;
    let client = bench.test.db.system().await.expect("a connection");
    let others = "select count(*) from public.job_queue where unique_key = 'k' and id <> $1";
    let count: i64 = client
        .query_one(others, &[&first])
        .await
        .expect("a count")
        .get(0);
    assert!(count > 0, "nobody would see what the late one wrote");
    late.batch_execute("commit").await.expect("committed");
    let waiting =
        "select count(*) from public.job_queue where unique_key = 'k' and status <> 'completed'";
    while client
        .query_one(waiting, &[])
        .await
        .expect("a count")
        .get::<_, i64>(0)
        > 0
    {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let count = |row: tokio_postgres::Row| row.get::<_, i64>(0);
    let then = count(client.query_one(others, &[&first]).await.expect("a count"));
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let later = count(client.query_one(others, &[&first]).await.expect("a count"));
    assert_eq!(then, later, "once everybody has committed it ends");
}
