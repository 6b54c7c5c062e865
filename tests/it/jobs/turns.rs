//! Who comes first: by priority, in turns between people, within limits.

use std::sync::{
    Arc,
    atomic::{AtomicI32, Ordering},
};

use mindloom::jobs::{JobType, Outcome};
use serde_json::json;
use tokio::sync::Semaphore;

use super::{Anything, Bench, begun, empty, endless};

#[tokio::test]
async fn one_person_with_many_jobs_delays_nobody() {
    let bench = Bench::idle().await;
    let (ann, ben) = (
        bench.test.user("ann@example.com").await,
        bench.test.user("ben@example.com").await,
    );
    let client = bench.test.db.system().await.expect("a connection");
    client
        .execute(
            "insert into public.job_queue (user_id, job_type, scheduled_for) \
             select $1, 'test.empty', now() - interval '1 hour' from generate_series(1, 20000)",
            &[&ann.user_id],
        )
        .await
        .expect("many jobs");
    let late = bench
        .enqueue_for("test.empty", json!({}), ben.user_id, None)
        .await;
    bench.work(vec![empty("test.empty")], 4).await;
    bench.wait(late, &["completed"]).await;
    let done = "select count(*) from public.job_queue where status = 'completed'";
    let before = bench.count(done).await;
    assert!(
        before < 1_000,
        "{before} of Ann's jobs came before the one of Ben's"
    );
    bench.stop().await;
}

#[tokio::test]
async fn nobody_takes_all_places() {
    let runs = Arc::new(Semaphore::new(0));
    let slow = endless("test.endless", &runs).concurrency(100);
    let bench = Bench::new(vec![slow, empty("test.empty")], 4).await;
    let (ann, ben) = (
        bench.test.user("ann@example.com").await,
        bench.test.user("ben@example.com").await,
    );
    for _ in 0..9 {
        bench
            .enqueue_for("test.endless", json!({}), ann.user_id, None)
            .await;
    }
    begun(&runs, 3).await;
    let quick = bench
        .enqueue_for("test.empty", json!({}), ben.user_id, None)
        .await;
    bench.wait(quick, &["completed"]).await;
    assert_eq!(
        runs.available_permits(),
        0,
        "three of four places are Ann's at most"
    );
    bench.stop().await;
}

#[tokio::test]
async fn no_more_of_a_type_or_provider_run_than_may_on_all_workers_together() {
    let (now, most) = (Arc::new(AtomicI32::new(0)), Arc::new(AtomicI32::new(0)));
    let limited = |name: &'static str| {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        JobType::new(name, move |_, _: Anything| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            Box::pin(async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(std::time::Duration::from_millis(30)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                Ok(Outcome::nothing())
            })
        })
    };
    let bench = Bench::idle().await;
    let mut ids = Vec::new();
    for _ in 0..8 {
        ids.push(bench.enqueue("test.limited", json!({})).await);
    }
    bench
        .work(vec![limited("test.limited").concurrency(2)], 6)
        .await;
    bench
        .work(vec![limited("test.limited").concurrency(2)], 6)
        .await;
    for id in ids.drain(..) {
        bench.wait(id, &["completed"]).await;
    }
    assert_eq!(most.swap(0, Ordering::SeqCst), 2);
    // Of a provider: eight, see MINDLOOM_JOBS_PER_PROVIDER.
    bench
        .work(
            vec![limited("test.asks").concurrency(50).provider("acme")],
            30,
        )
        .await;
    for _ in 0..20 {
        ids.push(bench.enqueue("test.asks", json!({})).await);
    }
    for id in ids {
        bench.wait(id, &["completed"]).await;
    }
    let most = most.load(Ordering::SeqCst);
    assert!((2..=8).contains(&most), "{most} at once");
}

#[tokio::test]
async fn what_is_urgent_goes_first() {
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = |name: &'static str| {
        let order = Arc::clone(&order);
        JobType::new(name, move |_, _: Anything| {
            order.lock().expect("no panic").push(name);
            Box::pin(async { Ok(Outcome::nothing()) })
        })
    };
    let bench = Bench::idle().await;
    // Registered, so that what is enqueued has their priorities.
    let types = || {
        vec![
            noted("test.later").priority(500),
            noted("test.urgent").priority(10),
        ]
    };
    bench.work(types(), 0).await;
    let mut ids = Vec::new();
    for job_type in ["test.later", "test.later", "test.urgent"] {
        ids.push(bench.enqueue(job_type, json!({})).await);
    }
    bench.work(types(), 1).await;
    for id in ids {
        bench.wait(id, &["completed"]).await;
    }
    assert_eq!(
        order.lock().expect("no panic").first(),
        Some(&"test.urgent")
    );
}
