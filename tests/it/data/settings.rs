//! Configuration of agents and models: what is valid, who may change it, which model is the default.

use crate::support::sample::{ADA, ROOT, person, sample_db};

const RATE_LIMIT: &str = r#""rateLimit": {"perMinute": 5, "perHour": 50, "perDay": 200}"#;

/// Logging settings that are valid but for what is added.
fn logging(more: &str) -> String {
    format!(
        r#"{{"error_logging_enabled": true, "user_activity_logging_enabled": true, "agent_activity_logging_enabled": true,
           "log_retention_days": {{"error_logs": 9, "user_activity_logs": 9, "agent_activity_logs": 9}}, {more}}}"#
    )
}

#[tokio::test]
async fn a_configuration_that_agents_cannot_run_with_is_refused() {
    let test = sample_db().await;
    let tools = r#""tools": {"create": {"enabled": true}}"#;
    let prompt = r#""systemPrompt": "You help.""#;
    for (key, config, problem) in [
        (
            "python_agent_google",
            "[]".to_owned(),
            "it must be a JSON object",
        ),
        (
            "python_agent_google",
            format!("{{{RATE_LIMIT}, {tools}}}"),
            "needs \"enabled\"",
        ),
        (
            "python_agent_google",
            format!(r#"{{"enabled": "yes", {RATE_LIMIT}, {tools}}}"#),
            "needs \"enabled\"",
        ),
        (
            "python_agent_google",
            format!(r#"{{"enabled": true, {tools}}}"#),
            "needs \"rateLimit\"",
        ),
        (
            "python_agent_google",
            format!(
                r#"{{"enabled": true, "rateLimit": {{"perMinute": 5, "perHour": 50}}, {tools}}}"#
            ),
            "needs \"perDay\"",
        ),
        (
            "python_agent_google",
            format!(
                r#"{{"enabled": true, "rateLimit": {{"perMinute": 0, "perHour": 50, "perDay": 1}}, {tools}}}"#
            ),
            "needs \"perMinute\"",
        ),
        (
            "git_mcp_agent_openai",
            format!(r#"{{"enabled": true, {RATE_LIMIT}}}"#),
            "needs \"tools\"",
        ),
        (
            "document_agent_openai",
            format!(r#"{{"enabled": true, {RATE_LIMIT}, "tools": {{}}}}"#),
            "needs \"tools\"",
        ),
        (
            "provider_tools_agent_google",
            format!(r#"{{"enabled": true, {RATE_LIMIT}, {tools}}}"#),
            "needs a \"systemPrompt\"",
        ),
        (
            "chat_model_agent_google",
            format!(r#"{{"enabled": true, {RATE_LIMIT}, {tools}, {prompt}}}"#),
            "needs \"capabilities\"",
        ),
        (
            "app_settings",
            r#"{"activeProvider": "meta", "availableProviders": ["google"]}"#.to_owned(),
            "\"activeProvider\"",
        ),
        (
            "logging_settings",
            r#"{"error_logging_enabled": true}"#.to_owned(),
            "\"user_activity_logging_enabled\"",
        ),
        (
            "logging_settings",
            logging(r#""performance_settings": {"batch_writes": true}"#),
            "\"sample_rate\" from 0 to 1 and nothing else",
        ),
        (
            "logging_settings",
            logging(r#""performance_settings": {"sample_rate": 1.5}"#),
            "\"sample_rate\" from 0 to 1 and nothing else",
        ),
        (
            "logging_settings",
            logging(r#""privacy_settings": {"redact_email": true}"#),
            "knows no \"redact_email\", but: anonymize_ip",
        ),
        (
            "logging_settings",
            logging(r#""category_toggles": {"log_auth_events": "no"}"#),
            "\"log_auth_events\" of \"category_toggles\" is true or false",
        ),
    ] {
        let sql =
            format!("update admin_config set config_data = '{config}' where config_key = '{key}'");
        let refusal = test.run_as(&person(ROOT), &sql).await.expect_err(&sql);
        assert_eq!(
            refusal.constraint.as_deref(),
            Some("admin_config_config_data_valid"),
            "{sql}"
        );
        assert!(
            refusal.message.contains(problem),
            "{sql}: {}",
            refusal.message
        );
    }
    let valid = format!(r#"{{"enabled": false, {RATE_LIMIT}, {tools}}}"#);
    let sql = format!(
        "update admin_config set config_data = '{valid}' where config_key = 'python_agent_google'"
    );
    test.run_as(&person(ROOT), &sql)
        .await
        .expect("a valid configuration");
}

#[tokio::test]
async fn retention_is_a_number_of_days() {
    let test = sample_db().await;
    for days in ["0", "2.5", "\"90\"", "4000", "null"] {
        let sql = format!(
            "update admin_config set config_data = jsonb_set(config_data, '{{log_retention_days,error_logs}}', '{days}') \
             where config_key = 'logging_settings'"
        );
        let refusal = test.run_as(&person(ROOT), &sql).await.expect_err(&sql);
        assert!(
            refusal
                .message
                .contains("\"error_logs\", a whole number of days from 1 to 3650"),
            "{refusal:?}"
        );
    }
}

#[tokio::test]
async fn only_known_keys_exist() {
    let test = sample_db().await;
    let sql = format!(
        r#"insert into admin_config (config_key, config_data)
           values ('poet_agent_google', '{{"enabled": true, {RATE_LIMIT}, "tools": {{"a": 1}}}}')"#
    );
    let refusal = test
        .run_as(&person(ROOT), &sql)
        .await
        .expect_err("an unknown agent");
    assert_eq!(
        refusal.constraint.as_deref(),
        Some("admin_config_config_key_format")
    );
}

#[tokio::test]
async fn configuration_is_for_admins_who_are_recorded() {
    let test = sample_db().await;
    let change = "update admin_config set config_data = config_data || '{\"enabled\": false}' \
                  where config_key = 'python_agent_google' returning updated_by";
    assert!(
        test.run_as(&person(ADA), "select 1 from admin_config")
            .await
            .expect("no error")
            .is_empty()
    );
    assert!(
        test.run_as(&person(ADA), change)
            .await
            .expect("no error")
            .is_empty()
    );
    let rows = test.run_as(&person(ROOT), change).await.expect("a change");
    assert_eq!(rows[0].get(0), Some(ROOT.to_string().as_str()));
    let claim = format!("update admin_config set updated_by = '{ADA}'");
    assert_eq!(
        test.run_as(&person(ROOT), &claim)
            .await
            .expect_err("a refusal")
            .code,
        "42501"
    );
}

#[tokio::test]
async fn a_second_default_model_takes_the_place_of_the_first() {
    let test = sample_db().await;
    let defaults = "select string_agg(model_id, ' ' order by model_id) from model_config \
                    where is_default and provider = 'google'";
    let root = person(ROOT);
    test.run_as(
        &root,
        "update model_config set is_default = true where model_id = 'gemini-2.5-pro'",
    )
    .await
    .expect("another default");
    assert_eq!(
        test.value(defaults).await.as_deref(),
        Some("gemini-2.5-pro")
    );
    let new = "insert into model_config (model_id, name, provider, is_default, input_pricing_per_million_tokens, \
               output_pricing_per_million_tokens) values ('gemini-3', 'Gemini 3', 'google', true, 1, 2)";
    test.run_as(&root, new).await.expect("a new default");
    assert_eq!(test.value(defaults).await.as_deref(), Some("gemini-3"));
    test.run_as(
        &root,
        "update model_config set is_default = true where provider = 'google' and is_active",
    )
    .await
    .expect("several at once leave one");
    assert_eq!(
        test.value("select count(*) from model_config where is_default and provider = 'google'")
            .await
            .as_deref(),
        Some("1")
    );
    assert_eq!(
        test.value("select count(*) from model_config where is_default")
            .await
            .as_deref(),
        Some("3"),
        "the other providers keep theirs"
    );
}

#[tokio::test]
async fn the_last_default_model_cannot_be_taken_away() {
    let test = sample_db().await;
    let root = person(ROOT);
    for sql in [
        "update model_config set is_default = false where model_id = 'gpt-4o'",
        "update model_config set provider = 'google' where model_id = 'gpt-4o'",
        "delete from model_config where model_id = 'gpt-4o'",
    ] {
        let refusal = test.run_as(&root, sql).await.expect_err(sql);
        assert_eq!(
            refusal.constraint.as_deref(),
            Some("model_config_default_per_provider"),
            "{sql}"
        );
    }
    let inactive = "update model_config set is_default = true where model_id = 'gpt-4-turbo'";
    let refusal = test
        .run_as(&root, inactive)
        .await
        .expect_err("an inactive default");
    assert_eq!(
        refusal.constraint.as_deref(),
        Some("model_config_default_is_active")
    );
    test.run_as(&root, "delete from model_config where provider = 'openai'")
        .await
        .expect("a provider goes with all its models");
}

#[tokio::test]
async fn a_row_left_out_by_on_conflict_changes_no_default() {
    let test = sample_db().await;
    let sql = "update model_config set is_default = true where model_id = 'gemini-2.5-pro'; \
               insert into model_config (model_id, name, provider, is_default, input_pricing_per_million_tokens, \
               output_pricing_per_million_tokens) values ('gemini-2.0-flash', 'x', 'google', true, 1, 2) \
               on conflict (model_id) do nothing";
    test.run_as_owner(sql).await.expect("nothing happens");
    let default = "select model_id from model_config where is_default and provider = 'google'";
    assert_eq!(test.value(default).await.as_deref(), Some("gemini-2.5-pro"));
}

#[tokio::test]
async fn logging_settings_have_defaults() {
    let test = sample_db().await;
    let ask = "select is_user_activity_logging_enabled(), is_agent_activity_logging_enabled(), \
               get_logging_config() -> 'log_retention_days' ->> 'error_logs'";
    let refusal = test.run_as(&person(ADA), ask).await;
    assert_eq!(refusal.expect_err("they are the server's").code, "42501");
    let rows = test.run_as_owner(ask).await.expect("settings");
    assert_eq!(
        (rows[0].get(0), rows[0].get(1), rows[0].get(2)),
        (Some("f"), Some("f"), Some("90"))
    );
    test.run_as_owner(
        "update admin_config set config_data = config_data || '{\"user_activity_logging_enabled\": true}' \
         where config_key = 'logging_settings'",
    )
    .await
    .expect("switched on");
    assert_eq!(
        test.run_as_owner(ask).await.expect("settings")[0].get(0),
        Some("t")
    );
    test.run_as_owner("delete from admin_config where config_key = 'logging_settings'")
        .await
        .expect("gone");
    assert_eq!(
        test.run_as_owner(ask).await.expect("defaults")[0].get(2),
        Some("90")
    );
}
