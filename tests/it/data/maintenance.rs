//! What operators run: only they, and with the effect it says.

use mindloom::auth::{Caller, Role};

use crate::support::sample::{ADA, ROOT, person, sample_db};

const FUNCTIONS: &[&str] = &[
    "analyze_all_tables",
    "daily_maintenance",
    "get_database_stats",
    "health_check",
    "integrity_check",
    "purge_old_activity_logs",
    "security_audit",
];

#[tokio::test]
async fn upkeep_is_for_admins_and_the_server() {
    let test = sample_db().await;
    let service = Caller::from_claims(Role::ServiceRole, serde_json::Map::new());
    for function in FUNCTIONS {
        let call = format!("select * from {function}()");
        for who in [Caller::anonymous(), person(ADA)] {
            assert_eq!(
                test.run_as(&who, &call).await.expect_err(function).code,
                "42501",
                "{function}"
            );
        }
        for who in [&person(ROOT), &service] {
            test.run_as(who, &call)
                .await
                .unwrap_or_else(|refusal| panic!("{function}: {refusal:?}"));
        }
    }
}

#[tokio::test]
async fn integrity_check_finds_what_disagrees() {
    let test = sample_db().await;
    let failed = "select coalesce(string_agg(check_name || ' ' || problems, ', ' order by check_name), '') \
                  from integrity_check() where status <> 'ok'";
    assert_eq!(test.value(failed).await.as_deref(), Some(""));
    test.run_as_owner(
        "begin; set local session_replication_role = replica; \
         update chats set total_cost = 9 where user_id = '0b000000-0000-7000-8000-000000000000'; \
         update clusters set note_count = 7; delete from search_index where entity_type = 'note'; \
         delete from public.users where id = '0f000000-0000-7000-8000-000000000000'; commit",
    )
    .await
    .expect("damage that triggers would prevent");
    assert_eq!(
        test.value(failed).await.as_deref(),
        Some("chat_totals 1, cluster_counters 2, profiles 1, search_index 3")
    );
}

#[tokio::test]
async fn security_audit_finds_what_stands_open() {
    let test = sample_db().await;
    let findings = "select coalesce(string_agg(object || ': ' || finding, '; ' order by object), '') \
                    from security_audit() where severity <> 'info'";
    assert_eq!(test.value(findings).await.as_deref(), Some(""));
    test.run_as_owner(
        "create table public.open (id int); \
         grant insert on public.open to anon; \
         grant select (api_key_encrypted) on public.api_configurations to service_role; \
         create policy everybody on public.notes for insert to authenticated with check (true); \
         create function public.careless() returns int language sql security definer as 'select 1'",
    )
    .await
    .expect("doors");
    let found = test.value(findings).await.unwrap_or_default();
    for finding in [
        "open: row level security is off",
        "open: signed-out callers may write",
        "api_configurations.api_key_encrypted: service_role may read a secret",
        "notes: everybody: a policy lets everybody write",
        "careless(): a security definer function without a fixed search_path",
        "careless(): a security definer function that anybody may execute",
    ] {
        assert!(found.contains(finding), "{finding} is missing in {found}");
    }
}

#[tokio::test]
async fn daily_maintenance_says_what_it_did() {
    let test = sample_db().await;
    test.run_as_owner(&format!(
        "insert into user_activity_logs (user_id, activity_type, created_at) values ('{ADA}', 'auth_login', now() - interval '40 days'); \
         update rate_limit_tracking set period_start = now() - interval '50 days', period_end = now() - interval '49 days'; \
         update rate_limits set window_start = now() - interval '2 days', reset_time = now() - interval '1 day'"
    ))
    .await
    .expect("things past their time");
    let done = test
        .value("select daily_maintenance()")
        .await
        .unwrap_or_default();
    let done: serde_json::Value = serde_json::from_str(&done).expect("a JSON object");
    for (what, count) in [
        ("user_activity_logs_deleted", 1),
        ("rate_limit_windows_deleted", 1),
        ("expired_tokens_purged", 1),
        ("deleted_notes_purged", 0),
        // Today's, and that of a day whose feedback is gone.
        ("feedback_days_refreshed", 2),
    ] {
        assert_eq!(done[what], count, "{what} in {done}");
    }
    assert!(done["tables_analyzed"].as_i64() > Some(40), "{done}");
}
