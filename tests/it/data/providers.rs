//! Providers and the keys kept for them.

use mindloom::auth::{Caller, Role};

use crate::support::sample::{ADA, ROOT, person, sample_db};

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
