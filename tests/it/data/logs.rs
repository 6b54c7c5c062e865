//! Logs: who reads them, who resolves errors, and when they are purged.

use crate::support::sample::{ADA, BEN, ROOT, person, sample_db};

#[tokio::test]
async fn an_admin_resolves_an_error_and_is_recorded() {
    let test = sample_db().await;
    let resolve = "update error_logs set resolved = true, resolution_notes = 'Provider is back.' \
                   returning resolved_by, resolved_at is not null";
    assert!(
        test.run_as(&person(ADA), resolve)
            .await
            .expect("no error")
            .is_empty(),
        "not even one's own"
    );
    let rows = test.run_as(&person(ROOT), resolve).await.expect("resolved");
    assert_eq!(
        (rows[0].get(0), rows[0].get(1)),
        (Some(ROOT.to_string().as_str()), Some("t"))
    );
    let reopen = "update error_logs set resolved = false returning resolved_by, resolved_at";
    let rows = test
        .run_as(&person(ROOT), reopen)
        .await
        .expect("open again");
    assert_eq!((rows[0].get(0), rows[0].get(1)), (None, None));
    for sql in [
        "update error_logs set error_message = 'nothing happened'",
        "delete from error_logs",
    ] {
        assert_eq!(
            test.run_as(&person(ROOT), sql).await.expect_err(sql).code,
            "42501"
        );
    }
}

#[tokio::test]
async fn errors_of_nobody_are_for_admins() {
    let test = sample_db().await;
    test.run_as_owner(
        "insert into error_logs (error_type, error_category, error_message) values ('system', 'disk', 'full'); \
         insert into agent_activity_logs (agent_type, operation_type, operation_category) \
         values ('git_mcp_agent', 'initialization', 'startup')",
    )
    .await
    .expect("rows without a person");
    for table in ["error_logs", "agent_activity_logs"] {
        let ids = format!("select id from {table}");
        assert_eq!(test.run_as(&person(ADA), &ids).await.expect("own").len(), 1);
        assert_eq!(
            test.run_as(&person(BEN), &ids).await.expect("none").len(),
            0
        );
        assert_eq!(
            test.run_as(&person(ROOT), &ids).await.expect("all").len(),
            2
        );
    }
}

#[tokio::test]
async fn logs_are_purged_by_their_retention() {
    let test = sample_db().await;
    test.run_as_owner(&format!(
        "insert into user_activity_logs (user_id, activity_type, created_at) values \
           ('{ADA}', 'auth_login', now() - interval '31 days'), ('{ADA}', 'auth_login', now() - interval '29 days'); \
         insert into agent_activity_logs (agent_type, operation_type, operation_category, created_at) values \
           ('python_agent', 'search', 's', now() - interval '8 days'), ('python_agent', 'search', 's', now() - interval '6 days'); \
         insert into error_logs (error_type, error_category, error_message, resolved, created_at) values \
           ('api', 'old and resolved', 'x', true, now() - interval '91 days'), \
           ('api', 'old and open', 'x', false, now() - interval '91 days'), \
           ('api', 'new and resolved', 'x', true, now() - interval '89 days')"
    ))
    .await
    .expect("logs of all ages");
    let purge = "select user_logs_deleted, agent_logs_deleted, error_logs_deleted from purge_old_activity_logs()";
    assert_eq!(
        test.run_as(&person(ADA), purge)
            .await
            .expect_err("not an admin")
            .code,
        "42501"
    );
    let rows = test.run_as(&person(ROOT), purge).await.expect("purged");
    assert_eq!(
        (rows[0].get(0), rows[0].get(1), rows[0].get(2)),
        (Some("1"), Some("1"), Some("1"))
    );
    let left = "select string_agg(error_category, ', ' order by error_category) from error_logs where error_message = 'x'";
    assert_eq!(
        test.value(left).await.as_deref(),
        Some("new and resolved, old and open")
    );
    test.run_as_owner(
        "update admin_config set config_data = jsonb_set(config_data, '{log_retention_days,user_activity_logs}', '20') \
         where config_key = 'logging_settings'",
    )
    .await
    .expect("a shorter retention");
    let rows = test
        .run_as(&person(ROOT), purge)
        .await
        .expect("purged again");
    assert_eq!(rows[0].get(0), Some("1"));
}

#[tokio::test]
async fn privacy_settings_and_categories_hold_for_whoever_writes() {
    let test = sample_db().await;
    let set = |what: &str| {
        format!(
            "update admin_config set config_data = config_data || '{what}' where config_key = 'logging_settings'"
        )
    };
    let write = format!(
        "delete from user_activity_logs; delete from error_logs; \
         insert into user_activity_logs (user_id, activity_type, activity_category, ip_address, user_agent, request_path) values \
           ('{ADA}', 'four', 'chat', '203.0.113.77', 'Firefox', '/graphql'), \
           ('{ADA}', 'six', 'authentication', '2001:db8:1:2:3::4', 'Firefox', '/graphql'), \
           ('{ADA}', 'other', 'general', null, null, null); \
         insert into error_logs (error_type, error_category, error_message, ip_address, user_agent) \
         values ('app', 'x', 'y', '203.0.113.77', 'Firefox')"
    );
    let written = "select string_agg(concat_ws(' ', activity_type, host(ip_address), user_agent, request_path), ', ' \
                   order by activity_type) from user_activity_logs";
    let errors = "select concat_ws(' ', host(ip_address), user_agent) from error_logs";
    test.run_as_owner(&write).await.expect("rows");
    assert_eq!(
        test.value(written).await.as_deref(),
        Some("four 203.0.113.77 Firefox /graphql, other, six 2001:db8:1:2:3::4 Firefox /graphql"),
        "by default as they are"
    );
    let privacy = r#"{"privacy_settings": {"anonymize_ip": true, "log_user_agent": false, "log_request_path": false}}"#;
    test.run_as_owner(&set(privacy)).await.expect("settings");
    test.run_as_owner(&write).await.expect("rows");
    assert_eq!(
        test.value(written).await.as_deref(),
        Some("four 203.0.113.0, other, six 2001:db8:1::")
    );
    assert_eq!(test.value(errors).await.as_deref(), Some("203.0.113.0"));
    let toggles = r#"{"category_toggles": {"log_auth_events": false, "log_agent_events": false}}"#;
    test.run_as_owner(&set(toggles)).await.expect("settings");
    test.run_as_owner(&write).await.expect("rows");
    assert_eq!(
        test.value(written).await.as_deref(),
        Some("four 203.0.113.0, other"),
        "the other categories go on"
    );
    test.run_as_owner(
        "delete from agent_activity_logs; \
         insert into agent_activity_logs (agent_type, operation_type, operation_category) \
         values ('git_mcp_agent', 'initialization', 'startup')",
    )
    .await
    .expect("no error");
    let agents = "select count(*) from agent_activity_logs";
    assert_eq!(test.value(agents).await.as_deref(), Some("0"));
}

#[tokio::test]
async fn what_people_wrote_and_their_addresses_stay_out_of_logs() {
    let test = sample_db().await;
    let write = format!(
        "delete from user_activity_logs; delete from agent_activity_logs; delete from error_logs; \
         insert into user_activity_logs (user_id, activity_type, activity_category, activity_metadata, error_message) values \
           ('{ADA}', 'share', 'chat', '{{\"to\": [\"ben@example.org\"], \"draft\": {{\"message_content\": \"Hello\", \"words\": 1}}}}', 'ben@example.org is unknown'); \
         insert into agent_activity_logs (agent_type, operation_type, operation_category, operation_metadata) \
         values ('python_agent', 'search', 's', '{{\"prompt\": \"Who is it?\", \"model\": \"m\"}}'); \
         insert into error_logs (error_type, error_category, error_message, error_details) \
         values ('app', 'x', 'no mail to ben@example.org', '{{\"message\": \"refused by x@mail.example\", \"body\": \"Dear Ben\"}}')"
    );
    let written = "select concat_ws('; ', (select activity_metadata || to_jsonb(error_message) from user_activity_logs), \
                   (select operation_metadata from agent_activity_logs), \
                   (select error_details || to_jsonb(error_message) from error_logs))";
    test.run_as_owner(&write).await.expect("rows");
    assert_eq!(
        test.value(written).await.as_deref(),
        Some(
            r#"[{"to": ["[email]"], "draft": {"words": 1}}, "[email] is unknown"]; {"model": "m"}; [{"message": "refused by [email]"}, "no mail to [email]"]"#
        )
    );
    test.run_as_owner(
        "update admin_config set config_data = config_data || \
         '{\"privacy_settings\": {\"log_message_content\": true, \"redact_emails\": false}}' \
         where config_key = 'logging_settings'",
    )
    .await
    .expect("settings");
    test.run_as_owner(&write).await.expect("rows");
    let told = test.value(written).await.unwrap_or_default();
    for kept in [
        "ben@example.org is",
        "Hello",
        "Who is it?",
        "x@mail.example",
        "Dear Ben",
    ] {
        assert!(told.contains(kept), "{kept} in {told}");
    }
    test.run_as_owner(
        "update admin_config set config_data = config_data || \
         '{\"error_logging_enabled\": false, \"performance_settings\": {\"sample_rate\": 0}}' \
         where config_key = 'logging_settings'",
    )
    .await
    .expect("settings");
    test.run_as_owner(&write).await.expect("rows");
    assert_eq!(test.value(written).await.as_deref(), Some(""));
}
