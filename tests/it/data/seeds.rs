//! Seed data: complete, and put in twice it changes nothing.

use crate::support::TestDb;

const SEEDS: [&str; 2] = [
    include_str!("../../../migration/src/m0025_chat_seed.sql"),
    include_str!("../../../migration/src/m0029_forge_seed.sql"),
];
const SEEDED: [&str; 7] = [
    "admin_config",
    "model_config",
    "api_providers",
    "prompt_frameworks",
    "feedback_categories",
    "feedback_tags",
    "storage.buckets",
];

async fn fingerprint(test: &TestDb) -> Vec<Option<String>> {
    let mut found = Vec::new();
    for table in SEEDED {
        let rows = format!(
            "select md5(string_agg(t::text, '' order by t::text)) || count(*) from {table} t"
        );
        found.push(test.value(&rows).await);
    }
    found
}

#[tokio::test]
async fn everything_is_there() {
    let test = TestDb::new().await;
    for (what, count) in [
        (
            "admin_config where config_key in ('app_settings', 'logging_settings')",
            "2",
        ),
        (
            "admin_config where config_key ~ '_agent_(google|openai|anthropic)$'",
            "18",
        ),
        ("model_config", "10"),
        ("model_config where is_default", "3"),
        ("model_config where not is_active", "3"),
        (
            "model_config where metadata ?& array['contextWindow', 'maxOutputTokens']",
            "10",
        ),
        ("api_providers", "5"),
        (
            "prompt_frameworks where jsonb_array_length(components) >= 3 and jsonb_array_length(examples) >= 1",
            "9",
        ),
        (
            "storage.buckets where id = 'audio-recordings' and file_size_limit = 52428800",
            "1",
        ),
    ] {
        assert_eq!(
            test.value(&format!("select count(*) from {what}"))
                .await
                .as_deref(),
            Some(count),
            "{what}"
        );
    }
    // Each blank of a template is a component, and each component has its blank and its example.
    let unmatched = "select count(*) from prompt_frameworks f, jsonb_array_elements(f.components) c \
                     where f.template not like '%{' || (c ->> 'key') || '}%' \
                        or not f.examples -> 0 -> 'values' ? (c ->> 'key')";
    assert_eq!(test.value(unmatched).await.as_deref(), Some("0"));
    let limits = "select string_agg(distinct concat_ws(' ', replace(config_key, '_google', ''), \
                    config_data -> 'rateLimit' -> 'perMinute', config_data -> 'rateLimit' -> 'perHour', \
                    config_data -> 'rateLimit' -> 'perDay'), ', ') from admin_config where config_key like '%_google'";
    assert_eq!(
        test.value(limits).await.as_deref(),
        Some(
            "chat_model_agent 10 100 1000, document_agent 5 50 200, git_mcp_agent 5 50 200, \
             mermaid_agent 3 25 100, provider_tools_agent 8 80 500, python_agent 5 50 200"
        )
    );
}

#[tokio::test]
async fn seeding_twice_changes_nothing() {
    let test = TestDb::new().await;
    test.run_as_owner(
        "update admin_config set config_data = config_data || '{\"enabled\": false}' where config_key = 'python_agent_google'; \
         update model_config set is_default = true where model_id = 'gemini-2.5-pro'; \
         update prompt_frameworks set description = 'Ours' where name = 'tag'",
    )
    .await
    .expect("changes of an administrator");
    let before = fingerprint(&test).await;
    for seed in SEEDS {
        test.run_as_owner(seed).await.expect("the seed again");
    }
    assert_eq!(fingerprint(&test).await, before);
}
