//! Embedding takes turns, and ends where nobody wants it any more.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{SEARCH, embedded, served};
use crate::{
    models::provider::{Does, FakeProvider},
    support::TestApi,
};

const ENQUEUE: &str = "select private.enqueue_job('embeddings.embed_texts',
    jsonb_build_object('model', $1::text, 'provider', split_part($1::text, ':', 1)), $2)";

/// How a job ended, once it has.
async fn ended(api: &TestApi, id: Uuid) -> Value {
    let client = api.test.db.system().await.expect("a connection");
    let job =
        "select to_jsonb(j) from public.job_queue j where id = $1 and completed_at is not null";
    for _ in 0..1_500 {
        if let Some(row) = client.query_opt(job, &[&id]).await.expect("a job") {
            return row.get(0);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the job did not end within 30 seconds");
}

async fn enqueued(api: &TestApi, model: &str, owner: Option<Uuid>) -> Uuid {
    let client = api.test.db.system().await.expect("a connection");
    let row = client.query_one(ENQUEUE, &[&model, &owner]).await;
    row.expect("a job").get(0)
}

/// A call takes 64 texts, and lasts for longer than a turn here.
#[tokio::test]
async fn whoever_wrote_a_lot_goes_on_in_another_turn() {
    let provider = FakeProvider::start().await;
    provider.always(Does::Late(Duration::from_millis(3_200)));
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    let texts: Vec<String> = (0..70).map(|number| format!("note {number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    api.notes(&ada, &texts).await;
    embedded(&api, "compatible:fake").await;
    let client = api.test.db.system().await.expect("a connection");
    let jobs = "select count(*), count(*) filter (where errors <> '[]') from public.job_queue
        where job_type like 'embeddings.embed_%' and user_id = $1";
    let row = client.query_one(jobs, &[&ada.user_id]).await.expect("jobs");
    let (turns, failed): (i64, i64) = (row.get(0), row.get(1));
    assert!(turns >= 2, "{turns}");
    assert_eq!(failed, 0, "no turn fails");
}

#[tokio::test]
async fn jobs_of_a_model_that_nobody_wants_end_without_asking_it() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    // There is no key for it.
    let id = enqueued(&api, "openai:text-embedding-3-small", ada.user_id).await;
    assert_eq!(ended(&api, id).await["status"], "completed");
}

#[tokio::test]
async fn a_server_that_is_told_to_embed_nothing_embeds_nothing() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa"]).await;
    embedded(&api, "compatible:fake").await;
    let asked = provider.asked().len();
    let api = api.again(&["--embedding-model", "off"]).await;
    api.notes(&ada, &["bbbb"]).await;
    let id = enqueued(&api, "compatible:fake", ada.user_id).await;
    assert_eq!(ended(&api, id).await["status"], "completed");
    assert_eq!(provider.asked().len(), asked, "the model is not asked");
}

#[tokio::test]
async fn what_means_nothing_finds_nothing() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa"]).await;
    embedded(&api, "compatible:fake").await;
    for mode in ["SEMANTIC", "HYBRID", "TEXT"] {
        let data = api.data(&ada, SEARCH, json!({"query": " \n ", "mode": mode}));
        assert_eq!(data.await["search"], json!([]), "{mode}");
    }
    let without = "query ($vector: Vector) { search(query: \"\", mode: SEMANTIC, vector: $vector) { score } }";
    let zeros = json!({"vector": vec![0.0; 1_536]});
    let answer = api.ask(&ada, without, zeros).await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
        "{answer}"
    );
}

/// Looking for words takes PostgreSQL time that grows with the square of their number.
#[tokio::test]
async fn only_the_beginning_of_a_long_query_counts() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["cake"]).await;
    let end = |word: &str| format!("{word} or {}zebra", "cake or ".repeat(300));
    for (query, found) in [(end("cake"), 1), ("zebra ".repeat(100_000), 0)] {
        let data = api.data(&ada, SEARCH, json!({"query": query, "mode": "TEXT"}));
        let results = data.await["search"].as_array().map(Vec::len);
        assert_eq!(results, Some(found));
    }
}
