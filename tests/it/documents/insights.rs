//! Weekly insights: for everybody who wrote something, on demand, by a model and without.

use mindloom::auth::Caller;
use serde_json::{Value, json};

use super::{ended, provider::Reply, with_provider};
use crate::support::TestApi;

const GENERATE: &str = "mutation ($week: Date, $provider: String) {
    generateWeeklyInsight(week: $week, provider: $provider) { id } }";
const INSIGHTS: &str =
    "{ insights { nodes { title content weekStart weekEnd generatedAt generationMetadata } } }";

/// Writes notes, in the week of Monday the 2nd of March 2026 and in the one before.
async fn two_weeks(api: &TestApi, who: &Caller, email: &str) {
    let texts = [
        (
            "2026-03-03",
            "The sourdough starter needs flour and water. It smells of apples.",
        ),
        (
            "2026-03-03",
            "The sourdough starter was fed with rye flour and warm water.",
        ),
        (
            "2026-03-08 23:59:59",
            "Flour and water are all that a sourdough starter needs.",
        ),
        ("2026-02-24", "An older note about a bicycle."),
        ("2026-03-09", "A note of the week after, about ovens."),
    ];
    for (at, text) in texts {
        let create = "mutation ($text: String!) { createNote(input: {content: $text, tags: [\"bread\"]}) { id } }";
        api.data(who, create, json!({ "text": text })).await;
        let date = format!(
            "update public.notes n set created_at = '{at} UTC' from auth.users u \
             where u.id = n.user_id and u.email = '{email}' and n.content = $${text}$$"
        );
        api.test.run_as_owner(&date).await.expect("a date");
    }
}

async fn insights(api: &TestApi, who: &Caller) -> Vec<Value> {
    let mut data = api.data(who, INSIGHTS, json!({})).await;
    serde_json::from_value(data["insights"]["nodes"].take()).expect("insights")
}

#[tokio::test]
async fn a_week_is_told_in_numbers_themes_and_its_own_sentences_once() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    two_weeks(&api, &ada, "ada@example.org").await;
    for _ in 0..2 {
        let begun = api
            .data(&ada, GENERATE, json!({"week": "2026-03-05"}))
            .await;
        let ended = ended(&api, &ada, &begun["generateWeeklyInsight"]["id"]).await;
        assert_eq!(ended["status"], "COMPLETED", "{ended}");
        assert_eq!(
            (&ended["result"]["notes"], &ended["result"]["method"]),
            (&json!(3), &json!("extractive"))
        );
    }
    let found = insights(&api, &ada).await;
    assert_eq!(found.len(), 1, "another run writes it anew");
    let insight = &found[0];
    assert_eq!(insight["weekStart"], "2026-03-02T00:00:00Z");
    assert_eq!(insight["weekEnd"], "2026-03-09T00:00:00Z");
    let text = insight["content"].as_str().expect("a text");
    assert!(text.contains("without a language model"), "{text}");
    assert!(
        text.contains("You wrote 3 notes on 2 days, 2 more than the week before."),
        "{text}"
    );
    assert!(text.contains("| Notes written | 3 | 1 |"), "{text}");
    assert!(text.contains("Tags: bread (3)"), "{text}");
    let said = &insight["generationMetadata"];
    assert_eq!(
        (&said["numbers"]["notes"], &said["weekBefore"]["notes"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(
        (&said["isLanguageModel"], &said["method"]),
        (&json!(false), &json!("extractive"))
    );
    // A week in which nothing was written has none, and one that has not begun is refused.
    let begun = api
        .data(&ada, GENERATE, json!({"week": "2020-01-01"}))
        .await;
    let ended = ended(&api, &ada, &begun["generateWeeklyInsight"]["id"]).await;
    assert_eq!(ended["result"]["insightId"], json!(null));
    assert_eq!(insights(&api, &ada).await.len(), 1);
    let (code, ..) = api
        .error(&ada, GENERATE, json!({"week": "2999-01-01"}))
        .await;
    assert_eq!(code, "BAD_USER_INPUT");
}

#[tokio::test]
async fn everybody_who_wrote_something_gets_one_and_nobody_else() {
    let api = TestApi::new().await;
    let (ada, ben, eve) = (
        api.test.user("ada@example.org").await,
        api.test.user("ben@example.org").await,
        api.test.user("eve@example.org").await,
    );
    two_weeks(&api, &ada, "ada@example.org").await;
    two_weeks(&api, &ben, "ben@example.org").await;
    let root = api.test.admin("root@example.org").await;
    let enqueue = "select private.enqueue_job('insights.weekly', '{\"week\": \"2026-03-02\"}')";
    let id = api.test.value(enqueue).await.expect("a job");
    let ended_one = ended(&api, &root, &json!(id)).await;
    assert_eq!(ended_one["result"]["people"], 2, "{ended_one}");
    for who in [&ada, &ben] {
        let jobs = r#"{ jobs(where: {jobType: {eq: "insights.write"}}) { nodes { id } } }"#;
        let jobs = api.data(who, jobs, json!({})).await;
        ended(&api, who, &jobs["jobs"]["nodes"][0]["id"]).await;
        assert_eq!(insights(&api, who).await.len(), 1);
    }
    assert!(insights(&api, &eve).await.is_empty());
    let schedules =
        r#"{ jobSchedules(where: {name: {eq: "insights.weekly"}}) { nodes { cron isEnabled } } }"#;
    let schedules = api.data(&root, schedules, json!({})).await;
    assert_eq!(schedules["jobSchedules"]["nodes"][0]["isEnabled"], true);
}

#[tokio::test]
async fn with_a_model_the_week_is_written_by_it_and_without_its_answer_extracted() {
    let (api, provider) = with_provider(vec![
        Reply::Whole(&["A week", " of bread."]),
        Reply::Status(401),
    ])
    .await;
    let ada = api.test.user("ada@example.org").await;
    two_weeks(&api, &ada, "ada@example.org").await;
    let run = async |variables: Value| {
        let begun = api.data(&ada, GENERATE, variables).await;
        ended(&api, &ada, &begun["generateWeeklyInsight"]["id"]).await
    };
    let first = run(json!({"week": "2026-03-05"})).await;
    assert_eq!(first["result"]["method"], "model", "{first}");
    let insight = &insights(&api, &ada).await[0];
    let text = insight["content"].as_str().expect("a text");
    assert!(text.starts_with("A week of bread.\n\n| |"), "{text}");
    assert_eq!(insight["generationMetadata"]["provider"], "openai");
    let asked = provider.asked_last();
    assert!(
        asked.contains("sourdough") && !asked.contains("bicycle"),
        "{asked}"
    );
    let refused = run(json!({"week": "2026-03-05"})).await;
    assert_eq!(
        refused["result"]["method"], "extractive",
        "nobody asked for this model: {refused}"
    );
    assert!(insights(&api, &ada).await[0]["generationMetadata"]["noModel"].is_string());
    let asked_for = run(json!({"week": "2026-03-05", "provider": "openai"})).await;
    assert_eq!(asked_for["status"], "FAILED", "{asked_for}");
}
