//! Jobs, caches and limits.

use mindloom::auth::{Caller, Role};
use serde_json::Map;

use super::{attempt, refusal, value};
use crate::support::TestDb;

#[tokio::test]
async fn people_watch_their_own_jobs_and_touch_none() {
    let test = TestDb::new().await;
    let (ann, ben) = (
        test.user("ann@example.com").await,
        test.user("ben@example.com").await,
    );
    let service = Caller::from_claims(Role::ServiceRole, Map::new());
    let transaction = test.db.begin(&service).await.expect("a transaction");
    for user in [Some(&ann), Some(&ben), None] {
        let user = user.and_then(|caller| caller.user_id);
        transaction
            .execute(
                "insert into public.job_queue (user_id, job_type) values ($1, 'embedding')",
                &[&user],
            )
            .await
            .expect("a job");
    }
    transaction.commit().await.expect("a commit");
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    assert_eq!(
        value::<i64>(
            &transaction,
            "select count(status) from public.job_queue",
            &[]
        )
        .await,
        1
    );
    for forbidden in [
        "select lease_holder from public.job_queue",
        "update public.job_queue set status = 'completed'",
        "insert into public.job_queue (job_type) values ('embedding')",
        "delete from public.job_queue",
        "select from public.embedding_cache",
        "update public.rate_limits set count = 0",
    ] {
        assert!(
            refusal(attempt(&transaction, forbidden, &[]).await).starts_with("permission denied"),
            "{forbidden}"
        );
    }
}

#[tokio::test]
async fn a_job_has_a_holder_exactly_while_it_is_worked_on() {
    let test = TestDb::new().await;
    let service = Caller::from_claims(Role::ServiceRole, Map::new());
    let transaction = test.db.begin(&service).await.expect("a transaction");
    transaction
        .execute(
            "insert into public.job_queue (job_type) values ('clustering')",
            &[],
        )
        .await
        .expect("a job");
    for (set, constraint) in [
        ("status = 'processing'", "job_queue_lease_while_processing"),
        (
            "lease_holder = 'w', lease_expires_at = now()",
            "job_queue_lease_while_processing",
        ),
        (
            "status = 'processing', lease_holder = 'w'",
            "job_queue_lease_while_processing",
        ),
        ("progress = 101", "job_queue_progress_range"),
        ("attempts = 4", "job_queue_attempts_range"),
        ("payload = '[]'", "job_queue_payload_object"),
    ] {
        let outcome = attempt(
            &transaction,
            &format!("update public.job_queue set {set}"),
            &[],
        )
        .await;
        assert_eq!(refusal(outcome), constraint, "{set}");
    }
    for (set, ended, progress) in [
        (
            "status = 'processing', lease_holder = 'w', lease_expires_at = now()",
            false,
            0,
        ),
        ("progress = 40", false, 40),
        (
            "status = 'completed', lease_holder = null, lease_expires_at = null",
            true,
            100,
        ),
        ("status = 'pending', progress = 0", false, 0),
        ("status = 'dead', error = 'no'", true, 0),
    ] {
        transaction
            .execute(&format!("update public.job_queue set {set}"), &[])
            .await
            .expect("a step");
        let row = transaction
            .query_one(
                "select completed_at is not null, progress from public.job_queue",
                &[],
            )
            .await;
        let row = row.expect("the job");
        assert_eq!(
            (row.get::<_, bool>(0), row.get::<_, i32>(1)),
            (ended, progress),
            "{set}"
        );
    }
}

#[tokio::test]
async fn caches_and_limits_keep_their_form() {
    let test = TestDb::new().await;
    let service = Caller::from_claims(Role::ServiceRole, Map::new());
    let transaction = test.db.begin(&service).await.expect("a transaction");
    let vector = pgvector::Vector::from(vec![0.5; 1536]);
    let sql = "insert into public.embedding_cache (content_hash, embedding) values ($1, $2)";
    let outcome = attempt(&transaction, sql, &[&"the text itself", &vector]).await;
    assert_eq!(refusal(outcome), "embedding_cache_content_hash_sha256");
    let short = pgvector::Vector::from(vec![0.5; 3]);
    let outcome = attempt(&transaction, sql, &[&"a".repeat(64), &short]).await;
    assert!(refusal(outcome).contains("expected 1536 dimensions"));
    assert_eq!(
        transaction
            .execute(sql, &[&"a".repeat(64), &vector])
            .await
            .expect("an embedding"),
        1
    );
    let sql = "insert into public.rate_limits (id, count, reset_time) values ('a:b', $1, now() + $2::text::interval)";
    for (count, lasts, constraint) in [
        (-1, "1 hour", "rate_limits_count_not_negative"),
        (0, "0", "rate_limits_window_order"),
    ] {
        assert_eq!(
            refusal(attempt(&transaction, sql, &[&count, &lasts]).await),
            constraint
        );
    }
}
