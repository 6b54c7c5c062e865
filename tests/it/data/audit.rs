//! What administrators do is written down, and stays.

use mindloom::auth::{Caller, Role};

use serde_json::json;

use crate::support::sample::{ADA, ROOT, person, sample_db};
use crate::support::{TestApi, TestDb};

const FEEDBACK: &str = "a0000000-0000-7000-8000-000000000060";

/// The newest entry, in one line.
async fn newest(test: &TestDb) -> String {
    let sql = "select concat_ws(' ', actor_email, action, target_type, target_id, details::text) \
               from audit_entries order by created_at desc, id desc limit 1";
    test.value(sql).await.unwrap_or_default()
}

async fn count(test: &TestDb) -> i64 {
    let count = test.value("select count(*) from audit_entries").await;
    count.and_then(|text| text.parse().ok()).expect("a count")
}

#[tokio::test]
async fn rows_that_administrators_write_are_logged_whatever_the_switches_say() {
    let test = sample_db().await;
    let root = person(ROOT);
    let off = "update admin_config set config_data = config_data || \
               '{\"user_activity_logging_enabled\": false, \"category_toggles\": {\"log_admin_events\": false}}' \
               where config_key = 'logging_settings' returning id";
    let rows = test.run_as(&root, off).await.expect("switched off");
    let id = rows[0].get(0).expect("an id").to_owned();
    let entry = newest(&test).await;
    assert!(
        entry.starts_with(&format!("root@example.org update admin_config {id} ")),
        "{entry}"
    );
    assert!(entry.contains("\"log_admin_events\": false"), "{entry}");

    let answer = format!(
        "update feedback set status = 'resolved', admin_response = 'It is there.' where id = '{FEEDBACK}'"
    );
    test.run_as(&root, &answer).await.expect("an answer");
    let entry = newest(&test).await;
    assert!(
        entry.starts_with(&format!("root@example.org update feedback {FEEDBACK} ")),
        "{entry}"
    );
    assert!(entry.contains("\"status\": {}"), "which columns: {entry}");
    assert!(!entry.contains("It is there"), "and no words: {entry}");

    let model = "insert into model_config (model_id, name, provider, input_pricing_per_million_tokens, \
                 output_pricing_per_million_tokens) values ('m', 'M', 'openai', 1, 2); \
                 delete from model_config where model_id = 'm'";
    let before = count(&test).await;
    test.run_as(&root, model).await.expect("a model");
    assert_eq!(count(&test).await, before + 2);
    let entry = newest(&test).await;
    assert!(entry.contains("delete model_config"), "{entry}");
    assert!(entry.contains("\"model_id\": {\"from\": \"m\"}"), "{entry}");
}

#[tokio::test]
async fn nobody_elses_writes_are_logged() {
    let test = sample_db().await;
    let before = count(&test).await;
    let own = format!("update feedback set message = 'Please!' where id = '{FEEDBACK}'");
    test.run_as(&person(ADA), &own).await.expect("her own");
    let mine = "insert into feedback (message) values ('Mine'); update feedback set rating = 3 where message = 'Mine'";
    test.run_as(&person(ROOT), mine).await.expect("his own");
    test.run_as_owner("update error_logs set severity = 'info'")
        .await
        .expect("the server's");
    assert_eq!(count(&test).await, before);
}

#[tokio::test]
async fn what_administrators_run_is_logged_and_what_the_server_runs_is_not() {
    let test = sample_db().await;
    for (call, action) in [
        ("analyze_all_tables()", "analyze_tables"),
        ("purge_old_activity_logs()", "purge_activity_logs"),
    ] {
        let sql = format!("select * from {call}");
        test.run_as(&person(ROOT), &sql).await.expect(call);
        let entry = newest(&test).await;
        assert_eq!(entry, format!("root@example.org {action} database {{}}"));
    }
    test.run_as(&person(ROOT), "select daily_maintenance()")
        .await
        .expect("upkeep");
    let logged = "select count(*) from audit_entries where action = 'daily_maintenance'";
    assert_eq!(test.value(logged).await.as_deref(), Some("1"));
    let before = count(&test).await;
    test.run_as_owner("select daily_maintenance()")
        .await
        .expect("upkeep");
    assert_eq!(count(&test).await, before);
}

#[tokio::test]
async fn what_the_service_role_writes_is_logged_without_an_actor() {
    let test = sample_db().await;
    let service = Caller::from_claims(Role::ServiceRole, serde_json::Map::new());
    for (sql, entry) in [
        (
            "update model_config set description = 'Old.' where model_id = 'gpt-4o'",
            "update model_config",
        ),
        ("update feedback set status = 'resolved'", "update feedback"),
        ("delete from error_logs", "delete error_logs"),
        ("select daily_maintenance()", "daily_maintenance database"),
    ] {
        let before = count(&test).await;
        test.run_as(&service, sql).await.expect(sql);
        assert!(count(&test).await > before, "{sql}");
        let said = "select string_agg(concat_ws(' ', actor_account_id, action, target_type, details ->> 'by'), ', ') from audit_entries";
        let said = test.value(said).await.unwrap_or_default();
        assert!(
            said.contains(&format!("{entry} service_role")),
            "{entry}: {said}"
        );
    }
    let before = count(&test).await;
    let errors = "insert into error_logs (error_type, error_category, error_message) values ('app', 'x', 'y')";
    test.run_as(&service, errors).await.expect("an error");
    assert_eq!(count(&test).await, before, "logs are what it is for");
}

#[tokio::test]
async fn what_administrators_look_at_is_logged() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let root = api.test.admin("root@example.org").await;
    let reads = "select coalesce(string_agg(concat_ws(' ', actor_email, details::text), '; ' order by created_at, id), '') \
                 from audit_entries where action = 'read'";
    let logs = "query($u: UUID) { userActivityLogs(where: {userId: {eq: $u}}) { nodes { id } } errorLogs { totalCount } }";
    let of_ada = json!({"u": ada.user_id});
    api.data(&ada, logs, of_ada.clone()).await;
    api.data(
        &root,
        "{ notes { totalCount } modelConfigs { totalCount } }",
        json!({}),
    )
    .await;
    assert_eq!(
        api.test.value(reads).await.as_deref(),
        Some(""),
        "one's own, and what everybody reads, is nobody's business"
    );
    // The second look within a minute is the same look.
    for _ in 0..2 {
        api.data(&root, logs, of_ada.clone()).await;
    }
    api.data(&root, "{ chatsAggregate { count } }", json!({}))
        .await;
    let seen = api.test.value(reads).await.unwrap_or_default();
    let entries: Vec<&str> = seen.split("; ").collect();
    assert_eq!(entries.len(), 2, "{seen}");
    for (entry, part) in [
        (entries[0], "root@example.org "),
        (
            entries[0],
            "[\"public.error_logs\", \"public.user_activity_logs\"]",
        ),
        (entries[0], &*format!("{{\"u\": {}}}", json!(ada.user_id))),
        (entries[1], "[\"public.chats\"]"),
    ] {
        assert!(entry.contains(part), "{part} in {entry}");
    }
}

#[tokio::test]
async fn an_entry_outlives_its_administrator_and_is_changed_by_nobody() {
    let test = sample_db().await;
    let service = Caller::from_claims(Role::ServiceRole, serde_json::Map::new());
    for who in [person(ADA), person(ROOT), service] {
        for sql in [
            "update audit_entries set action = 'nothing'",
            "delete from audit_entries",
            "insert into audit_entries (action) values ('forged')",
        ] {
            let refusal = test.run_as(&who, sql).await.expect_err(sql);
            assert_eq!(refusal.code, "42501", "{:?}: {sql}", who.role);
        }
    }
    let read = "select 1 from audit_entries";
    let rows = test.run_as(&person(ADA), read).await.expect("no error");
    assert!(rows.is_empty(), "administrators read them");
    let rows = test.run_as(&person(ROOT), read).await.expect("no error");
    assert_eq!(rows.len(), 1);
    test.run_as_owner(&format!("delete from auth.users where id = '{ROOT}'"))
        .await
        .expect("deleted");
    let left = "select concat_ws(' ', actor_id, actor_account_id, actor_email) from audit_entries";
    assert_eq!(
        test.value(left).await,
        Some(format!("{ROOT} root@example.org")),
        "who it was is still said"
    );
    test.run_as_owner(
        "insert into audit_entries (action, created_at) values \
           ('old', now() - interval '7 years 1 day'), ('kept', now() - interval '6 years 364 days')",
    )
    .await
    .expect("entries");
    let purged = test.value("select purge_old_audit_entries()").await;
    assert_eq!(purged.as_deref(), Some("1"));
    let old = "select count(*) from audit_entries where action = 'old'";
    assert_eq!(test.value(old).await.as_deref(), Some("0"));
}
