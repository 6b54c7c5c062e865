//! What is past its time goes, and nothing else.

use std::time::Duration;

use mindloom::app::App;
use mindloom::auth::{Caller, Role};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{attempt, refusal, value};
use crate::support::{
    TestDb,
    server::{settings, start},
};

/// Two rows of each kind on either side of its limit.
const ROWS: &str = "
    insert into auth.users (id, email) values ('10000000-0000-4000-8000-000000000001', 'ann@example.com');
    insert into public.notes (user_id, content, deleted_at)
    select '10000000-0000-4000-8000-000000000001', 'x', at
    from unnest(array[now() - interval '30 days 1 second', now() - interval '29 days', null]) at;
    insert into public.insights (user_id, title, content, week_start, week_end, created_at)
    select '10000000-0000-4000-8000-000000000001', 'x', 'x', at - interval '7 days', at, at
    from unnest(array[now() - interval '1 year 1 day', now() - interval '364 days']) at;
    insert into auth.sessions (id, session_token, user_id, expires) values
      ('10000000-0000-4000-8000-00000000000a', repeat('a', 64), '10000000-0000-4000-8000-000000000001', now() - interval '1 second'),
      ('10000000-0000-4000-8000-00000000000b', repeat('b', 64), '10000000-0000-4000-8000-000000000001', now() + interval '1 day');
    insert into auth.refresh_tokens (token_hash, user_id, session_id, expires_at) values
      (repeat('c', 64), '10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-00000000000b', now() - interval '1 second'),
      (repeat('d', 64), '10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-00000000000b', now() + interval '1 day');
    insert into auth.verification_tokens (identifier, token_hash, purpose, expires) values
      ('a@example.com', repeat('e', 64), 'magic_link', now() - interval '1 second'),
      ('a@example.com', repeat('f', 64), 'magic_link', now() + interval '1 hour');
    insert into public.rate_limits (id, window_start, reset_time) values
      ('a:x', now() - interval '1 hour', now() - interval '1 second'), ('b:x', now(), now() + interval '1 hour');
    alter table public.clusters disable trigger set_updated_at;
    insert into public.clusters (id, user_id, title, status, updated_at)
    select ('20000000-0000-4000-8000-00000000000' || n)::uuid, '10000000-0000-4000-8000-000000000001', 'c',
      status::public.cluster_status, now() - age
    from (values (1, 'suggested', interval '31 days'), (2, 'dismissed', interval '31 days'),
      (3, 'accepted', interval '31 days'), (4, 'suggested', interval '29 days'),
      (5, 'suggested', interval '31 days')) as c (n, status, age);
    insert into public.notes (user_id, content, cluster_id)
    values ('10000000-0000-4000-8000-000000000001', 'x', '20000000-0000-4000-8000-000000000005');
    alter table public.clusters enable trigger set_updated_at;
    insert into public.projects (user_id, name, deleted_at)
    select '10000000-0000-4000-8000-000000000001', 'x', at
    from unnest(array[now() - interval '30 days 1 second', now() - interval '29 days', null]) at;
    insert into public.project_components (project_id, component_type, name)
    select id, 'text', 'part' from public.projects where deleted_at < now() - interval '30 days';
    insert into auth.users (id, email) values ('10000000-0000-4000-8000-000000000002', 'ben@example.com');
    insert into public.user_preferences (user_id, selected_model, max_history_days, auto_cleanup) values
      ('10000000-0000-4000-8000-000000000001', 'openai', 10, true),
      ('10000000-0000-4000-8000-000000000002', 'openai', 10, false);
    insert into public.prompt_history (user_id, framework_id, framework_name, model, provider, user_input, created_at)
    select u.id, 'roses', 'ROSES', 'm', 'openai', 'x', at
    from auth.users u, unnest(array[now() - interval '10 days 1 second', now() - interval '9 days']) at;
";

#[tokio::test]
async fn each_purge_removes_what_is_past_its_time() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    client
        .batch_execute(ROWS)
        .await
        .unwrap_or_else(|error| panic!("{:?}", error.as_db_error()));
    let service = Caller::from_claims(Role::ServiceRole, Map::new());
    let transaction = test.db.begin(&service).await.expect("a transaction");
    for (purge, removed) in [
        ("purge_deleted_notes", 1),
        // With what belongs to it.
        ("purge_deleted_projects", 1),
        // Of whom it is to be cleaned up.
        ("purge_old_prompt_history", 1),
        ("purge_old_insights", 1),
        ("purge_orphaned_clusters", 2),
        // A rate limit, a verification token, a refresh token, a session.
        ("purge_expired_tokens", 4),
    ] {
        let sql = format!("select public.{purge}()");
        assert_eq!(
            value::<i64>(&transaction, &sql, &[]).await,
            removed,
            "{purge}"
        );
        assert_eq!(
            value::<i64>(&transaction, &sql, &[]).await,
            0,
            "{purge} again"
        );
    }
    transaction.commit().await.expect("a commit");
    let sql =
        "select array[(select count(*) from public.notes), (select count(*) from public.insights),
        (select count(*) from public.clusters), (select count(*) from auth.sessions),
        (select count(*) from auth.refresh_tokens), (select count(*) from auth.verification_tokens),
        (select count(*) from public.rate_limits), (select count(*) from public.projects),
        (select count(*) from public.project_components), (select count(*) from public.prompt_history)]";
    let left: Vec<i64> = client.query_one(sql, &[]).await.expect("counts").get(0);
    assert_eq!(left, [3, 1, 3, 1, 1, 1, 1, 2, 0, 3]);
}

/// A server over a test's database, which does what schedules do.
async fn serve(test: &TestDb) -> App {
    start(&settings(&[]), &test.db).await
}

/// Runs what a schedule runs, as an administrator does, and waits for its end: the job's status, result and error.
async fn run_schedule(test: &TestDb, name: &str) -> (String, Value, Option<String>) {
    let client = test.db.system().await.expect("a connection");
    let row = client
        .query_one("select public.run_job_schedule($1)", &[&name])
        .await;
    let id: Option<Uuid> = row.expect("a schedule").get(0);
    let id = id.unwrap_or_else(|| panic!("there is no schedule {name}"));
    let state = "select status::text, result, error from public.job_queue \
                 where id = $1 and (completed_at is not null or (attempts > 0 and status = 'pending'))";
    for _ in 0..1_500 {
        if let Some(row) = client.query_opt(state, &[&id]).await.expect("the job") {
            let result: Option<Value> = row.get(1);
            return (row.get(0), result.unwrap_or_default(), row.get(2));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{name} does not end within 15 seconds");
}

/// Every retention is a schedule, and does what it says without being asked for more.
#[tokio::test]
async fn schedules_remove_what_is_past_its_time() {
    let test = TestDb::new().await;
    test.run_as_owner(ROWS).await.expect("rows");
    test.run_as_owner(
        "insert into public.user_activity_logs (user_id, activity_type, created_at) \
         select '10000000-0000-4000-8000-000000000001', 'auth_login', now() - days * interval '1 day' from unnest(array[29, 31]) days; \
         insert into public.audit_entries (action, created_at) \
         select 'x', now() - years * interval '1 year' from unnest(array[6, 8]) years; \
         insert into mindloom.idempotency_keys (owner, key, request_hash, created_at) \
         select 'c', hours::text, '', now() - hours * interval '1 hour' from unnest(array[23, 25]) hours; \
         insert into public.job_queue (job_type, status, completed_at) \
         select 'x', status::public.job_status, now() - days * interval '1 day' \
         from (values ('completed', 6), ('completed', 8), ('failed', 8), ('cancelled', 8), ('dead', 80)) j (status, days); \
         insert into auth.users (id, is_anonymous, created_at) \
         values ('10000000-0000-4000-8000-00000000000d', true, now() - interval '91 days')",
    )
    .await
    .expect("more rows");
    let app = serve(&test).await;
    let left = |sql: &'static str| test.value(sql);
    for (name, result, sql, count) in [
        (
            "notes.purge_deleted",
            json!({"notes": 1}),
            "select count(*) from public.notes",
            "3",
        ),
        (
            "notes.purge_insights",
            json!({"insights": 1}),
            "select count(*) from public.insights",
            "1",
        ),
        (
            "notes.purge_orphaned_clusters",
            json!({"clusters": 2}),
            "select count(*) from public.clusters",
            "3",
        ),
        (
            "projects.purge_deleted",
            json!({"projects": 1}),
            "select count(*) from public.projects",
            "2",
        ),
        (
            "prompts.purge_history",
            json!({"prompts": 1}),
            "select count(*) from public.prompt_history",
            "3",
        ),
        (
            "logs.purge_activity",
            json!({"agent_activity_logs": 0, "error_logs": 0, "user_activity_logs": 1}),
            "select count(*) from public.user_activity_logs where activity_type = 'auth_login'",
            "1",
        ),
        (
            "logs.purge_audit",
            json!({"audit_entries": 1}),
            "select count(*) from public.audit_entries where action = 'x'",
            "1",
        ),
        (
            "upkeep.purge_idempotency_keys",
            json!({"idempotency_keys": 1}),
            "select count(*) from mindloom.idempotency_keys",
            "1",
        ),
        (
            "upkeep.purge_jobs",
            json!({"jobs": 3}),
            "select count(*) from public.job_queue where job_type = 'x'",
            "2",
        ),
        (
            "accounts.purge_expired",
            Value::Null,
            "select count(*) from auth.users",
            "2",
        ),
        (
            "upkeep.purge_tokens",
            json!({"expired": 0}),
            "select count(*) from public.rate_limits",
            "1",
        ),
        (
            "upkeep.purge_limits",
            json!({"rate_limit_periods": 0}),
            "select count(*) from public.rate_limit_tracking",
            "0",
        ),
    ] {
        let done = run_schedule(&test, name).await;
        assert_eq!(done, ("completed".into(), result, None), "{name}");
        assert_eq!(left(sql).await.as_deref(), Some(count), "{name}");
    }
    for name in ["upkeep.refresh_feedback", "upkeep.analyze_tables"] {
        assert_eq!(run_schedule(&test, name).await.0, "completed", "{name}");
    }
    app.stop(Duration::from_secs(10)).await;
}

/// What is deleted is committed batch by batch, rows that somebody holds are left alone, and what one step cannot
/// do takes nothing back and holds up no other job.
#[tokio::test]
async fn purges_work_in_small_steps() {
    let test = TestDb::new().await;
    test.run_as_owner(ROWS).await.expect("rows");
    test.run_as_owner(
        "insert into public.notes (user_id, content, deleted_at) \
         select '10000000-0000-4000-8000-000000000001', 'old ' || n, now() - interval '40 days' + n * interval '1 second' \
         from generate_series(1, 1200) n; \
         create function public.refuse() returns trigger language plpgsql as \
           $$ begin raise exception 'not this one'; end $$; \
         create trigger refuse before delete on public.notes for each row \
           when (old.content = 'old 1200') execute function public.refuse()",
    )
    .await
    .expect("many notes");
    let mut held = test.db.system().await.expect("a connection");
    let holding = held.transaction().await.expect("a transaction");
    holding
        .execute(
            "select from public.notes where content = 'old 1' for update",
            &[],
        )
        .await
        .expect("a row that somebody holds");
    let app = serve(&test).await;
    let (status, _, error) = run_schedule(&test, "notes.purge_deleted").await;
    assert_eq!(
        (status.as_str(), error.as_deref()),
        ("pending", Some("not this one"))
    );
    holding.rollback().await.expect("an end");
    let left = "select string_agg(content, ', ' order by content) from public.notes \
                where content in ('old 1', 'old 2', 'old 1000', 'old 1200')";
    assert_eq!(test.value(left).await.as_deref(), Some("old 1, old 1200"));
    let insights = run_schedule(&test, "notes.purge_insights").await;
    assert_eq!(
        insights,
        ("completed".into(), json!({"insights": 1}), None),
        "done all the same"
    );

    test.run_as_owner(
        "drop trigger refuse on public.notes; \
         update public.job_queue set scheduled_for = now() where status = 'pending'; select private.ring_jobs()",
    )
    .await
    .expect("later");
    for _ in 0..1_500 {
        if test.value(left).await.is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(test.value(left).await, None, "all of them are gone");
    app.stop(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn only_the_service_role_purges() {
    let test = TestDb::new().await;
    let admin = test.admin("root@example.com").await;
    for caller in [Caller::anonymous(), admin] {
        let transaction = test.db.begin(&caller).await.expect("a transaction");
        for purge in [
            "purge_deleted_notes",
            "purge_deleted_projects",
            "purge_old_prompt_history",
            "purge_old_insights",
            "purge_old_rate_limit_windows",
            "purge_old_audit_entries",
            "purge_orphaned_clusters",
            "purge_expired_tokens",
        ] {
            let outcome = attempt(&transaction, &format!("select public.{purge}()"), &[]).await;
            assert!(refusal(outcome).starts_with("permission denied"), "{purge}");
        }
    }
}
