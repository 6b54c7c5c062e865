//! What is past its time goes, and nothing else.

use mindloom::auth::{Caller, Role};
use mindloom::upkeep::daily;
use serde_json::Map;

use super::{attempt, refusal, value};
use crate::support::TestDb;

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

#[tokio::test]
async fn of_several_servers_one_does_the_days_work() {
    let test = TestDb::new().await;
    test.run_as_owner(ROWS).await.expect("rows");
    let (one, other) = tokio::join!(daily::run_if_due(&test.db), daily::run_if_due(&test.db));
    let done = [one.expect("no error"), other.expect("no error")];
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
    let notes = "select count(*) from public.notes";
    assert_eq!(test.value(notes).await.as_deref(), Some("3"));
    let outcome =
        "select outcome ->> 'deleted_notes_purged' from mindloom.upkeep where ended_at is not null";
    assert_eq!(test.value(outcome).await.as_deref(), Some("1"));
    assert!(
        !daily::run_if_due(&test.db).await.expect("no error"),
        "once a day"
    );
    test.run_as_owner("update mindloom.upkeep set began_at = now() - interval '1 day'")
        .await
        .expect("a day later");
    assert!(daily::run_if_due(&test.db).await.expect("no error"));

    test.run_as_owner(
        "update mindloom.upkeep set began_at = now() - interval '1 day'; \
         alter table public.insights rename to renamed",
    )
    .await
    .expect("a day on which it cannot work");
    daily::run_if_due(&test.db).await.expect_err("a failure");
    let error = "select error from mindloom.upkeep";
    assert_eq!(
        test.value(error).await.as_deref(),
        Some("relation \"public.insights\" does not exist")
    );
    assert!(
        !daily::run_if_due(&test.db).await.expect("no error"),
        "not at once"
    );
    test.run_as_owner(
        "update mindloom.upkeep set began_at = began_at - interval '1 hour'; \
         alter table public.renamed rename to insights",
    )
    .await
    .expect("an hour later");
    assert!(daily::run_if_due(&test.db).await.expect("no error"));
}

/// What is deleted is committed batch by batch, rows that somebody holds are left alone, and what one step cannot
/// do holds up neither what it did before nor any other.
#[tokio::test]
async fn a_days_work_is_done_in_small_steps() {
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
    daily::run_if_due(&test.db).await.expect_err("a failure");
    holding.rollback().await.expect("an end");
    let left = "select string_agg(content, ', ' order by content) from public.notes \
                where content in ('old 1', 'old 2', 'old 1000', 'old 1200')";
    assert_eq!(test.value(left).await.as_deref(), Some("old 1, old 1200"));
    let insights = "select count(*) from public.insights";
    assert_eq!(
        test.value(insights).await.as_deref(),
        Some("1"),
        "done all the same"
    );
    let state = "select concat_ws(' ', outcome ->> 'deleted_notes_purged', outcome ->> 'insights_purged', error, ended_at) \
                 from mindloom.upkeep";
    assert_eq!(
        test.value(state).await.as_deref(),
        Some("1000 1 not this one")
    );

    test.run_as_owner(
        "drop trigger refuse on public.notes; \
         update mindloom.upkeep set began_at = began_at - interval '1 hour'",
    )
    .await
    .expect("an hour later");
    assert!(daily::run_if_due(&test.db).await.expect("no error"));
    assert_eq!(test.value(left).await, None, "all of them are gone");
}

/// A server that was killed at its work leaves it to the others.
#[tokio::test]
async fn a_days_work_that_was_given_up_is_taken_up() {
    let test = TestDb::new().await;
    let begun = |ago: &str| {
        format!(
            "update mindloom.upkeep set began_at = now() - interval '{ago}', ended_at = null, error = null"
        )
    };
    for (ago, due) in [("59 minutes", false), ("61 minutes", true)] {
        test.run_as_owner(&begun(ago)).await.expect("begun");
        assert_eq!(
            daily::run_if_due(&test.db).await.expect("no error"),
            due,
            "{ago}"
        );
    }
    assert!(
        !daily::run_if_due(&test.db).await.expect("no error"),
        "it ended"
    );
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
