//! Providers and the keys kept for them.

use mindloom::auth::{Caller, Role};

use crate::support::TestDb;
use crate::support::sample::{ADA, BEN, ROOT, VIC, person, sample_db};

#[tokio::test]
async fn no_role_of_the_api_reads_or_writes_an_encrypted_key() {
    let test = sample_db().await;
    let service = Caller::from_claims(Role::ServiceRole, serde_json::Map::new());
    for who in [Caller::anonymous(), person(ADA), person(ROOT), service] {
        for sql in [
            "select api_key_encrypted from api_configurations",
            "select * from api_configurations",
            "select id from api_configurations where api_key_encrypted like 'a%'",
            "update api_configurations set api_key_encrypted = 'plain'",
            "insert into api_configurations (provider, api_key_encrypted, encryption_key_id) values ('gemini', 'x', 'y')",
        ] {
            assert_eq!(
                test.run_as(&who, sql).await.expect_err(sql).code,
                "42501",
                "{:?}: {sql}",
                who.role
            );
        }
    }
    let rows = test
        .run_as(&person(ADA), "select api_key_hint from api_configurations")
        .await
        .expect("the hint");
    assert_eq!(rows[0].get(0), Some("x9Qz"));
}

#[tokio::test]
async fn calls_are_counted_on_the_key_they_used() {
    let test = sample_db().await;
    let counted = "select concat_ws(' ', usage_count, last_used_at at time zone 'UTC') from api_configurations";
    assert_eq!(
        test.value(counted).await.as_deref(),
        Some("1 2026-03-01 09:00:00")
    );
    test.run_as_owner(&format!(
        "insert into api_usage_logs (user_id, provider, created_at) values \
           ('{ADA}', 'openai', '2026-03-04 09:00Z'), ('{ADA}', 'openai', '2026-03-03 09:00Z'), \
           ('{ADA}', 'anthropic', '2026-03-05 09:00Z')"
    ))
    .await
    .expect("calls");
    assert_eq!(
        test.value(counted).await.as_deref(),
        Some("3 2026-03-04 09:00:00")
    );
    let forged = "update api_configurations set usage_count = 0";
    assert_eq!(
        test.run_as(&person(ADA), forged)
            .await
            .expect_err("a refusal")
            .code,
        "42501"
    );
}

#[tokio::test]
async fn gemini_and_google_become_one_provider_and_keep_their_rows() {
    let test = TestDb::empty().await;
    let status = migration::status(test.owner().await)
        .await
        .expect("a status");
    let before = status
        .iter()
        .position(|one| one.name == "m0102_one_google")
        .expect("the migration");
    let steps = u32::try_from(before).expect("a small number");
    migration::up(test.owner().await, Some(steps))
        .await
        .expect("up");
    test.run_as_owner(&format!(
        "insert into auth.users (id, email) values ('{ADA}', 'ada@example.org'), ('{BEN}', 'ben@example.org'), ('{VIC}', 'vic@example.org'); \
         insert into public.api_providers (name, display_name, base_url) values ('google', 'Google', 'https://example.org'); \
         insert into public.api_usage_logs (user_id, provider) values ('{ADA}', 'gemini'), ('{ADA}', 'google'); \
         insert into public.api_configurations (user_id, provider, api_key_encrypted, encryption_key_id, updated_at) values \
           ('{ADA}', 'gemini', 'new', 'k', now()), ('{ADA}', 'google', 'old', 'k', now() - interval '1 day'), \
           ('{BEN}', 'gemini', 'only', 'k', now()), ('{VIC}', 'openai', 'other', 'k', now()); \
         insert into public.prompt_history (user_id, framework_id, framework_name, model, provider, user_input) values \
           ('{ADA}', 'race', 'R.A.C.E', 'gemini-2.5-pro', 'gemini', 'Bread'); \
         insert into public.prompt_generations (user_id, input_text, provider) values ('{ADA}', 'x', 'gemini'); \
         insert into public.user_preferences (user_id, selected_model) values ('{ADA}', 'gemini'); \
         update public.admin_config set config_data = config_data || \
           '{{\"activeProvider\": \"gemini\", \"availableProviders\": [\"openai\", \"gemini\", \"google\"]}}' \
           where config_key = 'app_settings'"
    ))
    .await
    .expect("rows of before");
    migration::up(test.owner().await, None).await.expect("up");
    for (what, found) in [
        (
            "string_agg(name, ' ' order by name) from api_providers",
            "anthropic compatible github google openai",
        ),
        (
            "string_agg(provider || ' ' || api_key_encrypted, ', ' order by api_key_encrypted) from api_configurations",
            "google new, google only, openai other",
        ),
        ("string_agg(provider, ' ') from prompt_history", "google"),
        (
            "string_agg(provider, ' ') from api_usage_logs",
            "google google",
        ),
        (
            "string_agg(provider, ' ') from prompt_generations",
            "google",
        ),
        (
            "string_agg(selected_model::text, ' ') from user_preferences",
            "google",
        ),
        (
            "concat_ws(' ', config_data -> 'activeProvider', config_data -> 'availableProviders') \
             from admin_config where config_key = 'app_settings'",
            "\"google\" [\"openai\", \"google\"]",
        ),
    ] {
        let value = test.value(&format!("select {what}")).await;
        assert_eq!(value.as_deref(), Some(found), "{what}");
    }
}

#[tokio::test]
async fn whoever_still_says_gemini_means_google() {
    let test = sample_db().await;
    test.run_as_owner(&format!(
        "insert into api_configurations (user_id, provider, api_key_encrypted, encryption_key_id) values ('{ADA}', 'gemini', 'x', 'y')"
    ))
    .await
    .expect("a key");
    let write = "insert into prompt_history (framework_id, framework_name, model, provider, user_input) \
                 values ('race', 'R.A.C.E', 'gemini-2.5-pro', 'gemini', 'Bread') returning provider";
    let rows = test.run_as(&person(ADA), write).await.expect("history");
    assert_eq!(rows[0].get(0), Some("google"));
    let keys = "select string_agg(provider, ' ' order by provider) from api_configurations";
    assert_eq!(test.value(keys).await.as_deref(), Some("google openai"));
    let again =
        format!("insert into api_usage_logs (user_id, provider) values ('{ADA}', 'gemini')");
    test.run_as_owner(&again).await.expect("a call");
    let counted = "select usage_count from api_configurations where provider = 'google'";
    assert_eq!(
        test.value(counted).await.as_deref(),
        Some("1"),
        "it is counted on the key"
    );
}
