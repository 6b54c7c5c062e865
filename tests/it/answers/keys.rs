//! Whose key is used, and what the provider says of it.

use mindloom::{
    answers::{AnswerError, Question, ask},
    error::Code,
};
use serde_json::json;

use super::{
    question, refused, save_key, served, shapes, value, whole,
    wire::{Reply, WireServer},
};
use crate::support::{TestApi, TestDb};

const OWN: &str = "sk-of-ada-abcdefghijklmnopqrstuvwxyz";
const VALIDATE: &str = r#"mutation { validateApiConfiguration(provider: "openai") { isValidated validationError lastValidatedAt usageCount } }"#;

#[tokio::test]
async fn ones_own_key_is_used_before_the_servers_and_counted() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let mut ada = api.test.user("ada@example.org").await;
    provider.always(Reply::stream(&shapes::openai(&["x"], 10, 1)));
    whole(&api, question(&ada)).await.expect("a record");
    save_key(&api, &mut ada, "openai", OWN).await;
    whole(&api, question(&ada)).await.expect("a record");
    let keys: Vec<String> = provider
        .asked()
        .iter()
        .map(|asked| asked.header("authorization").to_owned())
        .collect();
    assert_eq!(
        keys,
        [
            format!("Bearer {}", super::SERVER_KEY),
            format!("Bearer {OWN}")
        ]
    );
    let counted = "select concat_ws(' ', usage_count, (last_used_at is not null)::text) from api_configurations";
    assert_eq!(
        value(&api, counted).await,
        "1 true",
        "calls with the server's key are none of it"
    );
    let owners = "select string_agg(key_owner || ' ' || (api_configuration_id is not null), ', ' order by started_at) from model_calls";
    assert_eq!(value(&api, owners).await, "server false, person true");
    let costs = api
        .data(
            &ada,
            "{ modelCosts(by: [KEY]) { keyOwner calls } }",
            json!({}),
        )
        .await;
    let mut owners: Vec<String> = costs["modelCosts"]
        .as_array()
        .expect("groups")
        .iter()
        .map(|row| row["keyOwner"].to_string())
        .collect();
    owners.sort();
    assert_eq!(owners, ["\"PERSON\"", "\"SERVER\""]);
}

#[tokio::test]
async fn a_refused_key_is_noted_and_said() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let mut ada = api.test.user("ada@example.org").await;
    save_key(&api, &mut ada, "openai", OWN).await;
    provider.then(Reply::status(
        401,
        &json!({"error": {"code": "invalid_api_key", "message": OWN}}),
    ));
    let error = refused(&api, question(&ada)).await;
    assert_eq!(error.code(), Code::Forbidden);
    assert_eq!(
        error.details().get("reason"),
        Some(&json!("API_KEY_REFUSED"))
    );
    assert!(
        error.message().contains("saveApiConfiguration") && !error.message().contains(OWN),
        "{error}"
    );
    let noted = "select concat_ws(' ', is_validated::text, (validation_error like '%refuses the key%')::text) from api_configurations";
    assert_eq!(value(&api, noted).await, "false true");
}

#[tokio::test]
async fn validating_asks_the_provider() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let mut ada = api.test.user("ada@example.org").await;
    let (code, ..) = api.error(&ada, VALIDATE, json!({})).await;
    assert_eq!(code, "NOT_FOUND");
    save_key(&api, &mut ada, "openai", OWN).await;
    provider.then(Reply::status(200, &json!({"object": "list", "data": []})));
    let good = api.data(&ada, VALIDATE, json!({})).await;
    assert_eq!(good["validateApiConfiguration"]["isValidated"], true);
    assert!(good["validateApiConfiguration"]["lastValidatedAt"].is_string());
    let asked = &provider.asked()[0];
    assert_eq!(
        (asked.path.as_str(), asked.header("authorization")),
        ("/v1/models", &*format!("Bearer {OWN}"))
    );
    provider.then(Reply::status(
        401,
        &json!({"error": {"code": "invalid_api_key"}}),
    ));
    let bad = api.data(&ada, VALIDATE, json!({})).await;
    assert_eq!(bad["validateApiConfiguration"]["isValidated"], false);
    assert!(
        bad["validateApiConfiguration"]["validationError"]
            .as_str()
            .expect("why")
            .contains("OpenAI")
    );
    // Nothing is known when it cannot be asked.
    provider.then(Reply::status(500, &json!({})));
    let (code, ..) = api.error(&ada, VALIDATE, json!({})).await;
    assert_eq!(code, "UNAVAILABLE");
    assert_eq!(
        value(&api, "select is_validated from api_configurations").await,
        "f"
    );
}

#[tokio::test]
async fn without_any_key_the_error_says_how_to_set_one() {
    let api = TestApi::with(TestDb::new().await, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    for provider in ["openai", "anthropic", "google"] {
        let asked = Question {
            provider: Some(provider.to_owned()),
            ..question(&ada)
        };
        let error = ask(&api.app.state, asked).await.expect_err("no key");
        assert!(matches!(error, AnswerError::NoKey(_)), "{error:?}");
        let error: mindloom::error::Error = error.into();
        assert_eq!(error.code(), Code::NotFound);
        let variable = format!("MINDLOOM_{}_API_KEY", provider.to_uppercase());
        assert!(
            error.message().contains("saveApiConfiguration") && error.message().contains(&variable),
            "{error}"
        );
    }
    assert_eq!(value(&api, "select count(*) from model_calls").await, "0");
}

#[tokio::test]
async fn the_first_provider_with_a_key_is_the_default() {
    let provider = WireServer::start().await;
    let flags = [
        "--anthropic-base-url",
        &provider.url,
        "--anthropic-api-key",
        "sk-ant-x",
    ];
    let api = TestApi::with(TestDb::new().await, &flags).await;
    let ada = api.test.user("ada@example.org").await;
    provider.always(Reply::stream(&shapes::anthropic("{}")));
    let record = whole(
        &api,
        Question {
            provider: None,
            ..question(&ada)
        },
    )
    .await
    .expect("a record");
    assert_eq!(
        (record.provider.as_str(), record.model.as_str()),
        ("anthropic", "claude-3-5-sonnet-20241022")
    );
    assert_eq!(
        provider.asked()[0].body["max_tokens"],
        8_192,
        "what the model writes at most"
    );
}

#[tokio::test]
async fn keys_are_not_tried_out_one_after_the_other() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let mut ada = api.test.user("ada@example.org").await;
    save_key(&api, &mut ada, "openai", OWN).await;
    provider.always(Reply::status(200, &json!({"object": "list", "data": []})));
    for _ in 0..10 {
        api.data(&ada, VALIDATE, json!({})).await;
    }
    let (code, _, extensions) = api.error(&ada, VALIDATE, json!({})).await;
    assert_eq!(code, "RATE_LIMITED", "{extensions}");
    assert_eq!(
        provider.asked().len(),
        10,
        "nothing is sent that is refused"
    );
    // Another person's count is their own.
    let mut ben = api.test.user("ben@example.org").await;
    save_key(&api, &mut ben, "openai", OWN).await;
    api.data(&ben, VALIDATE, json!({})).await;
}
