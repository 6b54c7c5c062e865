//! What people do with jobs through the API, and what they see of them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mindloom::{
    auth::Caller,
    jobs::{JobType, Outcome},
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{Anything, Bench, begun, empty, endless};
use crate::support::api::{context, next};

const CANCEL: &str = "mutation ($id: UUID!) { cancelJob(id: $id) { status cancelRequestedAt } }";
const RETRY: &str = "mutation ($id: UUID!) { retryJob(id: $id) { status attempts } }";

async fn ask(bench: &Bench, caller: &Caller, query: &str, variables: Value) -> Value {
    let request = mindloom::graphql::Request {
        query: query.into(),
        variables: variables.as_object().cloned().unwrap_or_default(),
        ..Default::default()
    };
    let answer = bench.app.graphql.execute(&request, &context(caller)).await;
    serde_json::from_slice(&answer.body).expect("JSON")
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test]
async fn people_cancel_and_retry_their_own_jobs_and_administrators_any() {
    let runs = Arc::new(Semaphore::new(0));
    let bench = Bench::new(vec![endless("test.endless", &runs)], 4).await;
    let (ann, ben) = (
        bench.test.user("ann@example.com").await,
        bench.test.user("ben@example.com").await,
    );
    let root = bench.test.admin("root@example.com").await;
    let id = bench
        .enqueue_for("test.endless", json!({}), ann.user_id, None)
        .await;
    begun(&runs, 1).await;
    let variables = json!({ "id": id });
    for stranger in [&ben, &Caller::anonymous()] {
        let answer = ask(&bench, stranger, CANCEL, variables.clone()).await;
        assert!(
            ["NOT_FOUND", "UNAUTHENTICATED"].contains(&code(&answer)),
            "{answer}"
        );
    }
    let asked = Instant::now();
    let answer = ask(&bench, &ann, CANCEL, variables.clone()).await;
    assert_eq!(
        answer["data"]["cancelJob"]["status"], "PROCESSING",
        "{answer}"
    );
    assert!(answer["data"]["cancelJob"]["cancelRequestedAt"].is_string());
    bench.wait(id, &["cancelled"]).await;
    assert!(
        asked.elapsed() < Duration::from_secs(1),
        "{:?}",
        asked.elapsed()
    );
    let answer = ask(&bench, &ann, CANCEL, variables.clone()).await;
    assert_eq!(
        answer["data"]["cancelJob"]["status"], "CANCELLED",
        "once more changes nothing: {answer}"
    );

    let answer = ask(&bench, &ben, RETRY, variables.clone()).await;
    assert_eq!(code(&answer), "NOT_FOUND", "{answer}");
    let answer = ask(&bench, &ann, RETRY, variables.clone()).await;
    assert_eq!(
        answer["data"]["retryJob"],
        json!({"status": "PENDING", "attempts": 0})
    );
    begun(&runs, 1).await;
    let answer = ask(&bench, &root, CANCEL, variables.clone()).await;
    assert_eq!(
        answer["data"]["cancelJob"]["status"], "PROCESSING",
        "{answer}"
    );
    bench.wait(id, &["cancelled"]).await;

    let seen = "{ jobs { nodes { id userId status jobType errors } } }";
    bench.enqueue("test.unknown_to_ben", json!({})).await;
    for (caller, count) in [(&ann, 1), (&ben, 0), (&root, 2)] {
        let answer = ask(&bench, caller, seen, json!({})).await;
        let nodes = answer["data"]["jobs"]["nodes"].as_array().map(Vec::len);
        assert_eq!(nodes, Some(count), "{answer}");
    }
    let audited = "select count(*) from public.audit_entries where action = 'cancel_job'";
    assert_eq!(
        bench.count(audited).await,
        1,
        "what an administrator does is on record"
    );
}

#[tokio::test]
async fn what_waits_is_cancelled_at_once_and_what_is_done_is_not_tried_again() {
    let bench = Bench::idle().await;
    let ann = bench.test.user("ann@example.com").await;
    let owner = ann.user_id;
    let waits = bench
        .enqueue_for("test.empty", json!({}), owner, Some("k"))
        .await;
    let answer = ask(&bench, &ann, CANCEL, json!({ "id": waits })).await;
    assert_eq!(
        answer["data"]["cancelJob"]["status"], "CANCELLED",
        "{answer}"
    );
    let other = bench
        .enqueue_for("test.empty", json!({}), owner, Some("k"))
        .await;
    let answer = ask(&bench, &ann, RETRY, json!({ "id": waits })).await;
    assert_eq!(
        code(&answer),
        "CONFLICT",
        "another of the key waits: {answer}"
    );
    bench.work(vec![empty("test.empty")], 2).await;
    bench.wait(other, &["completed"]).await;
    let answer = ask(&bench, &ann, RETRY, json!({ "id": other })).await;
    assert_eq!(code(&answer), "CONFLICT", "{answer}");
    let answer = ask(&bench, &ann, RETRY, json!({ "id": waits })).await;
    assert!(answer["errors"].is_null(), "{answer}");
    bench.wait(waits, &["completed"]).await;
    let answer = ask(&bench, &ann, RETRY, json!({ "id": Uuid::new_v4() })).await;
    assert_eq!(code(&answer), "NOT_FOUND", "{answer}");
}

#[tokio::test]
async fn progress_and_result_are_seen_live() {
    let go_on = Arc::new(Semaphore::new(0));
    let gate = Arc::clone(&go_on);
    let steps = JobType::new("test.steps", move |context, _: Anything| {
        let gate = Arc::clone(&gate);
        Box::pin(async move {
            context.progress(40).await?;
            gate.acquire().await.expect("open").forget();
            Ok(Outcome::Done(json!({"pages": 3})))
        })
    });
    let bench = Bench::new(vec![steps], 4).await;
    let ann = bench.test.user("ann@example.com").await;
    let request = mindloom::graphql::Request {
        query: "subscription { live { jobs { nodes { status progress result } } } }".into(),
        ..Default::default()
    };
    let mut live = match bench.app.graphql.subscribe(request, context(&ann)).await {
        Ok(stream) => stream,
        Err(refused) => panic!("{}", String::from_utf8_lossy(&refused.body)),
    };
    next(&mut live).await;
    bench
        .enqueue_for("test.steps", json!({}), ann.user_id, None)
        .await;
    let job = |answer: &Value| answer["data"]["live"]["jobs"]["nodes"][0].clone();
    let mut seen = job(&next(&mut live).await);
    while seen["progress"] != 40 {
        seen = job(&next(&mut live).await);
    }
    assert_eq!(
        seen,
        json!({"status": "PROCESSING", "progress": 40, "result": null})
    );
    go_on.add_permits(1);
    while seen["status"] != "COMPLETED" {
        seen = job(&next(&mut live).await);
    }
    assert_eq!(
        seen,
        json!({"status": "COMPLETED", "progress": 100, "result": {"pages": 3}})
    );
}
