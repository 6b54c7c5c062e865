//! What holds a job up, and what does not: providers that ask to wait, attempts that give no sign, processes that
//! stop, people who go, clocks that jump.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use mindloom::{
    error::Error,
    jobs::{JobError, JobType, Outcome},
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{Anything, Bench, begun, empty, endless};

/// A provider that is asked for a pause by the first attempt.
fn busy_once(calls: &Arc<AtomicUsize>) -> JobType {
    let calls = Arc::clone(calls);
    JobType::new("test.asks", move |_, _: Anything| {
        let first = calls.fetch_add(1, Ordering::SeqCst) == 0;
        Box::pin(async move {
            match first {
                true => Err(JobError::Wait {
                    until: Instant::now() + Duration::from_millis(1_500),
                    provider: "acme".into(),
                }),
                false => Ok(Outcome::nothing()),
            }
        })
    })
    .provider("acme")
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_holds_all_its_jobs_and_costs_no_attempt() {
    let calls = Arc::default();
    let bench = Bench::new(vec![busy_once(&calls), empty("test.other")], 4).await;
    let first = bench.enqueue("test.asks", json!({})).await;
    bench
        .until("select count(*) from mindloom.job_providers", 1)
        .await;
    let second = bench.enqueue("test.asks", json!({})).await;
    let named = bench
        .enqueue("test.other", json!({"provider": "acme"}))
        .await;
    let free = bench
        .enqueue("test.other", json!({"provider": "other"}))
        .await;
    bench.wait(free, &["completed"]).await;
    for id in [first, second, named] {
        assert_eq!(bench.wait(id, &["pending"]).await["attempts"], 0);
    }
    for id in [first, second, named] {
        let job = bench.wait(id, &["completed"]).await;
        assert_eq!((&job["attempts"], &job["errors"]), (&json!(1), &json!([])));
    }
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn an_attempt_that_gives_no_sign_is_given_up_and_one_that_reports_lives() {
    let silent = JobType::new("test.silent", |_, _: Anything| {
        Box::pin(async { std::future::pending().await })
    })
    .timeout_s(1)
    .attempts(1);
    let reports = JobType::new("test.reports", |context, _: Anything| {
        Box::pin(async {
            for percent in 0..8 {
                context.progress(percent).await?;
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
            Ok(Outcome::nothing())
        })
    })
    .timeout_s(1);
    let bench = Bench::new(vec![silent, reports], 4).await;
    let silent = bench.enqueue("test.silent", json!({})).await;
    let reports = bench.enqueue("test.reports", json!({})).await;
    let job = bench.wait(silent, &["dead"]).await;
    assert_eq!(
        job["error"],
        "It gave no sign for 1 seconds and was given up"
    );
    let job = bench.wait(reports, &["completed"]).await;
    assert_eq!(job["attempts"], 1, "two seconds, a sign each quarter");
}

#[tokio::test]
async fn a_process_that_stops_hands_its_jobs_back() {
    let runs = Arc::new(Semaphore::new(0));
    let bench = Bench::new(vec![endless("test.endless", &runs)], 4).await;
    let id = bench.enqueue("test.endless", json!({})).await;
    begun(&runs, 1).await;
    bench.stop().await;
    let job = bench.wait(id, &["pending"]).await;
    assert_eq!((&job["attempts"], &job["errors"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn a_job_whose_person_is_gone_ends_with_them() {
    let runs = Arc::new(Semaphore::new(0));
    let ended = Arc::new(Semaphore::new(0));
    let (begins, over) = (Arc::clone(&runs), Arc::clone(&ended));
    let writes = JobType::new("test.writes", move |context, _: Anything| {
        let (begins, over) = (Arc::clone(&begins), Arc::clone(&over));
        Box::pin(async move {
            begins.add_permits(1);
            context.cancelled().cancelled().await;
            // Its transaction is refused: the job is nobody's.
            let refused = context.transaction().await.err();
            if matches!(refused, Some(JobError::Lost)) {
                over.add_permits(1);
            }
            Err(JobError::Lost)
        })
    });
    let bench = Bench::new(vec![writes, empty("test.next")], 1).await;
    let ann = bench.test.user("ann@example.com").await;
    bench
        .enqueue_for("test.writes", json!({}), ann.user_id, None)
        .await;
    begun(&runs, 1).await;
    bench
        .count("with gone as (delete from auth.users returning 1) select count(*) from gone")
        .await;
    begun(&ended, 1).await;
    let next = bench.enqueue("test.next", json!({})).await;
    bench.wait(next, &["completed"]).await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_nothing_waiting() {
    let bench = Bench::idle().await;
    let early = bench.enqueue("test.empty", json!({})).await;
    let held = bench.enqueue("test.empty", json!({})).await;
    let client = bench.test.db.system().await.expect("a connection");
    client
        .execute(
            "update public.job_queue set created_at = now() + interval '1 hour', scheduled_for = now() + interval '1 hour' \
             where id = $1",
            &[&early],
        )
        .await
        .expect("made before the clock was set back");
    client
        .execute(
            "update public.job_queue set status = 'processing', attempts = 1, lease_holder = 'gone', \
             lease_expires_at = now() + interval '1 hour' where id = $1",
            &[&held],
        )
        .await
        .expect("taken before the clock was set back");
    bench.work(vec![empty("test.empty")], 2).await;
    for id in [early, held] {
        bench.wait(id, &["completed"]).await;
    }
}

#[tokio::test]
async fn what_cannot_be_stored_ends_the_job_and_no_other() {
    let odd = JobType::new("test.odd", |_, payload: Value| {
        Box::pin(async move {
            match payload["fails"].as_bool() {
                Some(true) => Err(Error::bad_input("a zero \0 in a text").into()),
                _ => Ok(Outcome::Done(json!({"text": "a zero \0 in JSON"}))),
            }
        })
    })
    .attempts(1);
    let bench = Bench::new(vec![odd, empty("test.empty")], 4).await;
    let result = bench.enqueue("test.odd", json!({})).await;
    let error = bench.enqueue("test.odd", json!({"fails": true})).await;
    let fine = bench.enqueue("test.empty", json!({})).await;
    assert_eq!(
        bench.wait(result, &["failed"]).await["error"],
        "What came of this job cannot be stored"
    );
    assert_eq!(
        bench.wait(error, &["dead"]).await["error"],
        "a zero  in a text"
    );
    bench.wait(fine, &["completed"]).await;
}

/// Takes a job for a worker that is gone.
async fn lose(bench: &Bench, id: uuid::Uuid) {
    let client = bench.test.db.system().await.expect("a connection");
    let lost =
        "update public.job_queue set status = 'processing', attempts = 1, lease_holder = 'gone',
        lease_expires_at = now() - interval '1 second' where id = $1";
    client.execute(lost, &[&id]).await.expect("lost");
}

/// What has another of its key behind it (see take_jobs) and loses its worker, or has to be tried again, goes on itself:
/// what hangs on it was told that somebody had cancelled it.
#[tokio::test]
async fn a_job_that_is_lost_goes_on_before_its_follower() {
    let bench = Bench::idle().await;
    let first = bench
        .enqueue_for("test.empty", json!({"a": 1}), None, Some("same"))
        .await;
    lose(&bench, first).await;
    let follower = bench
        .enqueue_for("test.empty", json!({"a": 1}), None, Some("same"))
        .await;
    assert_ne!(first, follower);
    let other = bench
        .enqueue_for("test.empty", json!({"a": 1}), None, Some("other"))
        .await;
    lose(&bench, other).await;
    let newer = bench
        .enqueue_for("test.empty", json!({"a": 2}), None, Some("other"))
        .await;
    bench.work(vec![empty("test.empty")], 2).await;
    bench.wait(first, &["completed"]).await;
    let left = format!("select count(*) from public.job_queue where id = '{follower}'");
    bench.until(&left, 0).await;
    // What is to do something else takes its place.
    bench.wait(other, &["cancelled"]).await;
    bench.wait(newer, &["completed"]).await;
}

#[tokio::test]
async fn a_job_that_is_tried_again_goes_on_before_its_follower() {
    let calls: Arc<AtomicUsize> = Arc::default();
    let (seen, gate) = (Arc::clone(&calls), Arc::new(Semaphore::new(0)));
    let opened = Arc::clone(&gate);
    let fails_once = JobType::new("test.once", move |_, _: Anything| {
        let (first, gate) = (seen.fetch_add(1, Ordering::SeqCst) == 0, Arc::clone(&gate));
        Box::pin(async move {
            gate.acquire().await.expect("open").forget();
            match first {
                true => Err(JobError::Retry(Error::bad_input("not yet"))),
                false => Ok(Outcome::nothing()),
            }
        })
    });
    let bench = Bench::new(vec![fails_once], 2).await;
    let first = bench
        .enqueue_for("test.once", json!({}), None, Some("same"))
        .await;
    bench.wait(first, &["processing"]).await;
    let follower = bench
        .enqueue_for("test.once", json!({}), None, Some("same"))
        .await;
    opened.add_permits(Semaphore::MAX_PERMITS);
    bench.wait(first, &["completed"]).await;
    let left = format!("select count(*) from public.job_queue where id = '{follower}'");
    bench.until(&left, 0).await;
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}
