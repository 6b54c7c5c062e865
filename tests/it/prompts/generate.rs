//! `generatePrompt` and `generateFromProject`, answered by a provider of the test's own.

use serde_json::{Value, json};

use crate::{
    documents::{
        ended,
        provider::{Provider, Reply},
        with_provider,
    },
    support::{TestApi, TestDb},
};

const GENERATE: &str = "mutation ($framework: String! = \"ape\", $input: String! = \"Cut tickets\", $variables: JSON,
      $templateId: UUID, $tone: String, $temperature: Float, $provider: String) {
    generatePrompt(framework: $framework, input: $input, variables: $variables, templateId: $templateId, tone: $tone,
      temperature: $temperature, provider: $provider) { entry { id status aiResponse model provider } job { id } } }";
const ENTRY: &str = "query ($id: UUID!) { promptHistoryEntry(id: $id) {
    status aiResponse frameworkName model provider tokensUsed costUsd processingTimeMs tone errorCode errorMessage } }";
const FROM_PROJECT: &str = "mutation ($id: UUID!, $instructions: String) {
    generateFromProject(projectId: $id, instructions: $instructions) {
      generation { id status inputText } job { id } } }";

#[tokio::test]
async fn a_prompt_is_written_by_its_framework_with_what_it_took() {
    let (api, provider) = with_provider(vec![Reply::Whole(&["Action: Cut", " tickets"])]).await;
    let ada = api.test.user("ada@example.org").await;
    let variables =
        json!({"variables": {"purpose": "less work"}, "tone": "friendly", "temperature": 0.2});
    let made = api.data(&ada, GENERATE, variables).await;
    let made = &made["generatePrompt"];
    assert_eq!(made["entry"]["status"], "PENDING");
    assert_eq!(
        ended(&api, &ada, &made["job"]["id"]).await["status"],
        "COMPLETED"
    );
    let entry = api
        .data(&ada, ENTRY, json!({"id": made["entry"]["id"]}))
        .await;
    let entry = &entry["promptHistoryEntry"];
    assert_eq!(
        (&entry["status"], &entry["aiResponse"]),
        (&json!("COMPLETED"), &json!("Action: Cut tickets"))
    );
    assert_eq!(
        (&entry["provider"], &entry["tokensUsed"]),
        (&json!("openai"), &json!(102))
    );
    assert_eq!(
        (&entry["frameworkName"], &entry["tone"]),
        (&json!("A.P.E"), &json!("friendly"))
    );
    assert!(
        entry["costUsd"].is_string() && entry["processingTimeMs"].is_number(),
        "{entry}"
    );
    let asked = provider.asked_last();
    assert!(
        asked.contains("Purpose: less work") && asked.contains("Cut tickets"),
        "{asked}"
    );
    assert!(
        asked.contains("To be worked out: action, expectation"),
        "{asked}"
    );
    assert_eq!(provider.asked()[0]["temperature"], 0.2);
    let total = "select count(*) from public.model_calls where purpose = 'prompt' and outcome = 'completed'";
    assert_eq!(api.test.value(total).await.as_deref(), Some("1"));
}

#[tokio::test]
async fn what_cannot_be_written_says_why() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let made = api.data(&ada, GENERATE, json!({})).await;
    let made = &made["generatePrompt"];
    assert_eq!(
        ended(&api, &ada, &made["job"]["id"]).await["status"],
        "FAILED"
    );
    let entry = api
        .data(&ada, ENTRY, json!({"id": made["entry"]["id"]}))
        .await;
    let message = entry["promptHistoryEntry"]["errorMessage"]
        .as_str()
        .expect("why");
    assert!(message.contains("saveApiConfiguration"), "{message}");
    let (api, _provider) = with_provider(vec![Reply::Status(401)]).await;
    let ada = api.test.user("ada@example.org").await;
    for (variables, expected) in [
        (json!({"framework": "nope"}), "NOT_FOUND"),
        (json!({"variables": {"colour": "red"}}), "BAD_USER_INPUT"),
        (json!({"input": ""}), "BAD_USER_INPUT"),
        (json!({"temperature": 3}), "BAD_USER_INPUT"),
        (json!({"provider": "local"}), "BAD_USER_INPUT"),
        (
            json!({"templateId": "00000000-0000-7000-8000-000000000000"}),
            "NOT_FOUND",
        ),
    ] {
        let (code, message, _) = api.error(&ada, GENERATE, variables.clone()).await;
        assert_eq!(code, expected, "{variables}: {message}");
    }
    let made = api.data(&ada, GENERATE, json!({})).await;
    let made = &made["generatePrompt"];
    assert_eq!(
        ended(&api, &ada, &made["job"]["id"]).await["status"],
        "FAILED"
    );
    let entry = api
        .data(&ada, ENTRY, json!({"id": made["entry"]["id"]}))
        .await;
    let entry = &entry["promptHistoryEntry"];
    assert_eq!(
        (&entry["status"], &entry["errorCode"]),
        (&json!("FAILED"), &json!("FAILED"))
    );
    assert!(entry["errorMessage"].is_string());
}

async fn project(api: &TestApi, who: &mindloom::auth::Caller) -> Value {
    let create = r#"mutation { createProject(input: {name: "Landing page", description: "For a bakery"}) { id } }"#;
    let made = api.data(who, create, json!({})).await;
    let id = made["createProject"]["id"].clone();
    let add = "mutation ($input: ProjectComponentInput!) { createProjectComponent(input: $input) { id } }";
    let add = async |input: Value| api.data(who, add, json!({ "input": input })).await;
    let card =
        add(json!({"projectId": id, "componentType": "CARD", "name": "Hero", "zIndex": 2})).await;
    let card = &card["createProjectComponent"]["id"];
    add(
        json!({"projectId": id, "parentId": card, "componentType": "TEXT", "name": "Slogan",
        "properties": {"text": "Fresh bread"}}),
    )
    .await;
    add(json!({"projectId": id, "componentType": "HEADING", "name": "Top", "zIndex": 1})).await;
    add(json!({"projectId": id, "componentType": "TEXT", "name": "Hidden", "isVisible": false}))
        .await;
    id
}

#[tokio::test]
async fn a_projects_components_become_a_prompt_in_their_order() {
    let provider = Provider::start(vec![Reply::Whole(&["Make a", " page"])]).await;
    let api = TestApi::with(TestDb::new().await, &provider.flags()).await;
    let ada = api.test.user("ada@example.org").await;
    let ben = api.test.user("ben@example.org").await;
    let id = project(&api, &ada).await;
    let made = api
        .data(
            &ada,
            FROM_PROJECT,
            json!({"id": id, "instructions": "Keep it short"}),
        )
        .await;
    let made = &made["generateFromProject"];
    assert_eq!(
        made["generation"]["inputText"],
        "Project: Landing page\nFor a bakery\n\n- heading \"Top\"\n- card \"Hero\"\n  - text \"Slogan\"\n    text: Fresh bread\n"
    );
    assert_eq!(
        ended(&api, &ada, &made["job"]["id"]).await["status"],
        "COMPLETED"
    );
    let query = "query ($id: UUID!) { promptGeneration(id: $id) {
        status generatedPrompt provider inputTokens outputTokens durationMs } }";
    let kept = api
        .data(&ada, query, json!({"id": made["generation"]["id"]}))
        .await;
    let kept = &kept["promptGeneration"];
    assert_eq!(
        (&kept["status"], &kept["generatedPrompt"]),
        (&json!("COMPLETED"), &json!("Make a page"))
    );
    assert_eq!(
        (&kept["inputTokens"], &kept["outputTokens"]),
        (&json!(100), &json!(2))
    );
    assert!(provider.asked_last().contains("Keep it short"));
    let (code, ..) = api.error(&ben, FROM_PROJECT, json!({ "id": id })).await;
    assert_eq!(code, "NOT_FOUND");
    let empty = api
        .data(
            &ada,
            r#"mutation { createProject(input: {name: "Empty"}) { id } }"#,
            json!({}),
        )
        .await;
    let (code, ..) = api
        .error(
            &ada,
            FROM_PROJECT,
            json!({"id": empty["createProject"]["id"]}),
        )
        .await;
    assert_eq!(code, "BAD_USER_INPUT");
}

#[tokio::test]
async fn what_somebody_holds_is_settled_once_they_let_it_go() {
    let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let (api, provider) = with_provider(vec![Reply::Gated(&["Cut"], gate)]).await;
    let ada = api.test.user("ada@example.org").await;
    let project = project(&api, &ada).await;
    let made = api.data(&ada, GENERATE, json!({})).await;
    let prompt = made["generatePrompt"]["job"]["id"].clone();
    let made = api.data(&ada, FROM_PROJECT, json!({ "id": project })).await;
    let of_project = made["generateFromProject"]["job"]["id"].clone();
    for _ in 0..1_500 {
        if provider.asked().len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let holder = api.test.db.begin_system().await.expect("a transaction");
    let hold = "select from public.prompt_history, public.prompt_generations for update";
    holder.execute(hold, &[]).await.expect("the rows are held");
    let cancel = "mutation ($id: UUID!) { cancelJob(id: $id) { status } }";
    for job in [&prompt, &of_project] {
        api.data(&ada, cancel, json!({ "id": job })).await;
        assert_eq!(ended(&api, &ada, job).await["status"], "CANCELLED");
    }
    let states = "select (select status || ' ' || coalesce(error_code, '') from public.prompt_history) || ', ' || (
        select status || ' ' || coalesce(error_message, '') from public.prompt_generations)";
    let seen = api.test.value(states).await;
    assert_eq!(seen.as_deref(), Some("pending , pending "));
    holder.commit().await.expect("the rows are let go");
    let settled = Some("failed CANCELLED, failed It was cancelled");
    for _ in 0..1_500 {
        if api.test.value(states).await.as_deref() == settled {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{:?}", api.test.value(states).await);
}
