//! `renderTemplate`: texts, kept templates and the nine frameworks.

use serde_json::{Value, json};

use crate::support::TestApi;

const RENDER: &str = "query ($template: String, $templateId: UUID, $framework: String, $variables: JSON!) {
    renderTemplate(template: $template, templateId: $templateId, framework: $framework, variables: $variables) {
      text missing unknown } }";

#[tokio::test]
async fn the_nine_frameworks_are_filled_in_with_their_own_examples() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let query = "{ promptFrameworks { nodes { name components examples } } }";
    let data = api.data(&ada, query, json!({})).await;
    let frameworks = data["promptFrameworks"]["nodes"]
        .as_array()
        .expect("frameworks");
    assert_eq!(frameworks.len(), 9);
    for framework in frameworks {
        let values = &framework["examples"][0]["values"];
        let variables = json!({"framework": framework["name"], "variables": values});
        let made = api.data(&ada, RENDER, variables).await["renderTemplate"].clone();
        assert_eq!(made["missing"], json!([]), "{framework}");
        assert_eq!(made["unknown"], json!([]), "{framework}");
        let text = made["text"].as_str().expect("a text");
        for value in values.as_object().expect("values").values() {
            assert!(text.contains(value.as_str().expect("a text")), "{text}");
        }
        let keys: Vec<Value> = framework["components"]
            .as_array()
            .expect("components")
            .iter()
            .map(|component| component["key"].clone())
            .collect();
        let variables = json!({"framework": framework["name"], "variables": {"colour": 1}});
        let made = api.data(&ada, RENDER, variables).await["renderTemplate"].clone();
        assert_eq!(made["missing"], json!(keys));
        assert_eq!(made["unknown"], json!(["colour"]));
    }
}

#[tokio::test]
async fn kept_templates_have_defaults_and_are_seen_by_whom_they_are_for() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let ben = api.test.user("ben@example.org").await;
    let create =
        "mutation ($input: PromptTemplateInput!) { createPromptTemplate(input: $input) { id } }";
    let input = json!({"name": "Helper", "frameworkId": "ape",
        "templateContent": "Help with {question} in {language}.{note}",
        "variables": [{"name": "question"}, {"name": "language", "default": "English"},
          {"name": "note", "required": false}, "nonsense", {"name": 5}]});
    let made = api.data(&ada, create, json!({ "input": input })).await;
    let id = &made["createPromptTemplate"]["id"];
    let variables = json!({"templateId": id, "variables": {"question": 42}});
    let filled = api.data(&ada, RENDER, variables.clone()).await;
    assert_eq!(filled["renderTemplate"]["text"], "Help with 42 in English.");
    assert_eq!(filled["renderTemplate"]["missing"], json!([]));
    let (code, ..) = api.error(&ben, RENDER, variables).await;
    assert_eq!(code, "NOT_FOUND");
}

#[tokio::test]
async fn what_cannot_be_filled_in_is_said() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let large = "x".repeat(90_000);
    for (variables, expected) in [
        (json!({"variables": {}}), "BAD_USER_INPUT"),
        (
            json!({"variables": {}, "template": "a", "framework": "ape"}),
            "BAD_USER_INPUT",
        ),
        (
            json!({"variables": [], "template": "{a}"}),
            "BAD_USER_INPUT",
        ),
        (
            json!({"variables": {"a": {}}, "template": "{a}"}),
            "BAD_USER_INPUT",
        ),
        (json!({"variables": {}, "framework": "nope"}), "NOT_FOUND"),
        (
            json!({"variables": {}, "template": "x".repeat(100_001)}),
            "BAD_USER_INPUT",
        ),
        (
            json!({"variables": {"a": large}, "template": "{a}".repeat(12)}),
            "LIMIT_EXCEEDED",
        ),
    ] {
        let (code, message, _) = api.error(&ada, RENDER, variables).await;
        assert_eq!(code, expected, "{message}");
    }
    let made = api
        .data(
            &ada,
            RENDER,
            json!({"template": "{a} {b} {a}", "variables": {"a": null, "b": true}}),
        )
        .await;
    assert_eq!(made["renderTemplate"]["text"], "{a} true {a}");
    assert_eq!(made["renderTemplate"]["missing"], json!(["a"]));
}
