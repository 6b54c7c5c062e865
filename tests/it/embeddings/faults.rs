//! What goes wrong ends in a stated way, and searches for words go on.

use std::time::Duration;

use serde_json::json;

use super::{SEARCH, embedded, found, served, until};
use crate::{
    models::provider::{Does, FakeProvider},
    support::{TestApi, TestDb},
};

#[tokio::test]
async fn a_storm_of_429_costs_no_attempt() {
    let provider = FakeProvider::start().await;
    let storm = Does::Says(429, vec![("retry-after", "0.2".to_owned())], String::new());
    provider.then(std::iter::repeat_n(storm, 6));
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa"]).await;
    embedded(&api, "compatible:fake").await;
    let done = "select count(*) from public.job_queue where job_type = $1 and status = 'completed' and attempts <= 1";
    until(&api, done, "embeddings.embed_texts", 1).await;
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_and_words_are_found() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["bread and butter"]).await;
    embedded(&api, "compatible:fake").await;
    for (does, after) in [
        (Does::Says(500, vec![], String::new()), None),
        (
            Does::Says(
                200,
                vec![],
                "{\"data\": [{\"index\": 0, \"embedding\": [NaN]}]}".into(),
            ),
            None,
        ),
        (
            Does::Says(429, vec![("retry-after", "7".to_owned())], String::new()),
            Some(7_000),
        ),
        (Does::Says(401, vec![], String::new()), None),
    ] {
        provider.then([does]);
        for mode in ["SEMANTIC", "HYBRID"] {
            if mode == "HYBRID" {
                provider.then([Does::Says(500, vec![], String::new())]);
            }
            let (code, said, extensions) = api
                .error(&ada, SEARCH, json!({"query": "butter", "mode": mode}))
                .await;
            assert_eq!(code, "UNAVAILABLE", "{said}");
            assert!(said.contains("TEXT"), "{said}");
            assert!(
                !said.contains("127.0.0.1") && !said.contains("butter"),
                "{said}"
            );
            if mode == "SEMANTIC" && after.is_some() {
                assert_eq!(extensions["retryAfterMs"].as_u64(), after);
            }
        }
        let words = api
            .data(&ada, SEARCH, json!({"query": "butter", "mode": "TEXT"}))
            .await;
        assert_eq!(super::names(&words), ["bread and butter"]);
    }
    assert_eq!(
        found(&api, &ada, "butter").await,
        ["bread and butter"],
        "it is up again"
    );
}

#[tokio::test]
async fn a_text_that_is_refused_holds_up_no_other() {
    let provider = FakeProvider::start().await;
    let refused = Does::Says(400, vec![], "{\"error\": {\"code\": \"bad_text\"}}".into());
    // The batch, then each of the two alone, in whichever order.
    provider.then([refused.clone(), refused]);
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa", "bbbb"]).await;
    let fresh = "select count(*) from public.embeddings where model = $1 and not is_stale";
    until(&api, fresh, "compatible:fake", 1).await;
    let told =
        "select count(*) from public.embeddings where model = $1 and error like '%bad_text%'";
    until(&api, told, "compatible:fake", 1).await;
    // A changed text is tried again.
    let client = api.test.db.system().await.expect("a connection");
    let sql = "update public.notes set content = content || 'c'";
    client.execute(sql, &[]).await.expect("new texts");
    drop(client);
    embedded(&api, "compatible:fake").await;
}

#[tokio::test]
async fn a_vector_of_a_text_that_changed_meanwhile_is_not_taken_for_fresh() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    provider.then([Does::Late(Duration::from_millis(1_500))]);
    let ids = api.notes(&ada, &["aaaa"]).await;
    crate::support::until("it is asked for", || !provider.asked().is_empty()).await;
    let change = "mutation ($id: UUID!) { updateNote(id: $id, set: {content: \"bbbb\"}) { id } }";
    api.data(&ada, change, json!({"id": ids[0]})).await;
    embedded(&api, "compatible:fake").await;
    let hash = "select count(*) from public.embeddings e join public.notes n on n.id = e.entity_id
        where e.model = $1 and e.text_hash = encode(sha256('bbbb'), 'hex') and n.embedding_hash = e.text_hash";
    until(&api, hash, "compatible:fake", 1).await;
}

#[tokio::test]
async fn a_model_of_another_length_under_the_same_name_is_refused() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa"]).await;
    embedded(&api, "compatible:fake").await;
    provider.always(Does::Vectors(7));
    let api = api.again(&super::flags(&provider, "compatible:fake")).await;
    api.notes(&ada, &["bbbb"]).await;
    let told = "select count(*) from public.job_queue where job_type = $1 and error like '%another model answers%'";
    until(&api, told, "embeddings.embed_texts", 1).await;
}

#[tokio::test]
async fn one_caller_does_not_hold_up_others() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let (ada, eve) = (
        api.test.user("ada@example.org").await,
        api.test.user("eve@example.org").await,
    );
    provider.then(std::iter::repeat_n(Does::Late(Duration::from_secs(3)), 4));
    let queries: Vec<String> = (0..5).map(|number| format!("query {number}")).collect();
    let asked = queries
        .iter()
        .map(|query| api.ask(&ada, SEARCH, json!({"query": query})));
    let all = futures_util::future::join_all(asked);
    let (answers, ()) = tokio::join!(all, async {
        crate::support::until("four are asked", || provider.asked().len() >= 4).await;
        let started = std::time::Instant::now();
        api.data(&eve, SEARCH, json!({"query": "hers"})).await;
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "{:?}",
            started.elapsed()
        );
    });
    let limited = answers
        .iter()
        .filter(|answer| answer["errors"][0]["extensions"]["code"] == "RATE_LIMITED")
        .count();
    assert_eq!(limited, 1, "{answers:#?}");
    let before = provider.asked().len();
    api.data(&ada, SEARCH, json!({"query": "query 1"})).await;
    api.data(&eve, SEARCH, json!({"query": "query 1"})).await;
    assert!(
        provider.asked().len() <= before + 1,
        "a query is remembered"
    );
}

#[tokio::test]
async fn without_a_key_texts_wait_and_searches_say_so() {
    let api = TestApi::with(
        TestDb::new().await,
        &["--embedding-model", "openai:text-embedding-3-small"],
    )
    .await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa"]).await;
    let (code, said, _) = api.error(&ada, SEARCH, json!({"query": "a"})).await;
    assert_eq!(code, "UNAVAILABLE");
    assert!(
        said.contains("administrator") && said.contains("TEXT"),
        "{said}"
    );
    let waits = "select count(*) from public.job_queue where job_type = $1 and status = 'pending' and attempts = 0
        and scheduled_for > now() + interval '10 seconds'";
    until(&api, waits, "embeddings.embed_texts", 1).await;
}
