//! Another model takes the former one's place when it has a vector of every text, and not before.

use mindloom::embeddings::Embeddings;
use serde_json::Value;

use super::{embedded, flags, found, served, until};
use crate::{
    models::provider::{Does, FakeProvider},
    support::{TestApi, scratch_dir, server::settings},
};

/// Whether a model was asked for the vector of a text.
fn was_asked(provider: &FakeProvider, model: &str, text: &str) -> bool {
    let asked = provider.asked();
    asked
        .iter()
        .any(|asked| asked.body["model"] == model && asked.body["input"][0] == text)
}

#[tokio::test]
async fn the_former_model_answers_until_the_next_is_complete() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa", "bbbb"]).await;
    embedded(&api, "compatible:fake").await;

    // The next model's provider does not answer yet.
    provider.always(Does::Says(500, vec![], String::new()));
    let api = api.again(&flags(&provider, "compatible:next")).await;
    let building =
        "select count(*) from mindloom.embedding_models where model = $1 and state = 'building'";
    until(&api, building, "compatible:next", 1).await;
    let listed = "select count(*) from public.embeddings where model = $1";
    until(&api, listed, "compatible:next", 2).await;
    provider.always(Does::Vectors(4));
    assert_eq!(
        found(&api, &ada, "bb").await[0],
        "bbbb",
        "the former one answers"
    );
    assert!(was_asked(&provider, "fake", "bb"));

    // Now it does. What is written meanwhile gets vectors of both.
    api.notes(&ada, &["cccc"]).await;
    let active =
        "select count(*) from mindloom.embedding_models where model = $1 and state = 'active'";
    until(&api, active, "compatible:next", 1).await;
    embedded(&api, "compatible:next").await;
    let copied = "select count(*) from public.notes where embedding_model = $1";
    until(&api, copied, "compatible:next", 3).await;
    let api = api.again(&flags(&provider, "compatible:next")).await;
    assert_eq!(found(&api, &ada, "cc").await[0], "cccc");
    assert!(was_asked(&provider, "next", "cc"));
    let client = api.test.db.system().await.expect("a connection");
    client
        .execute(
            "update mindloom.embedding_models set activated_at = now() - interval '1 hour'",
            &[],
        )
        .await
        .expect("an hour later");
    client
        .query_one("select private.remove_retired_embeddings(500)", &[])
        .await
        .expect("the former one's go");
    until(&api, listed, "compatible:fake", 0).await;
}

/// All that a search by meaning reads, and who works on it.
async fn seen(api: &TestApi) -> Value {
    let client = api.test.db.system().await.expect("a connection");
    let sql = "select jsonb_build_object(
      'models', (select jsonb_agg(to_jsonb(m)) from mindloom.embedding_models m),
      'texts', (select jsonb_agg(to_jsonb(s) - 'search_vector') from public.search_index s),
      'embeddings', (select jsonb_agg(to_jsonb(e)) from public.embeddings e),
      'jobs', (select jsonb_agg(to_jsonb(j)) from public.job_queue j))";
    client
        .query_one(sql, &[])
        .await
        .expect("what is there")
        .get(0)
}

#[tokio::test]
async fn texts_from_before_there_was_a_model_get_their_vectors() {
    let api = crate::support::TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa", "bbbb"]).await;
    let provider = FakeProvider::start().await;
    let api = api.again(&flags(&provider, "compatible:fake")).await;
    embedded(&api, "compatible:fake").await;
    // The model answers once it has a vector of every text.
    let begun = std::time::Instant::now();
    let first = loop {
        if let Some(first) = found(&api, &ada, "bb").await.first() {
            break first.clone();
        }
        if begun.elapsed().as_secs() >= 20 {
            panic!("nothing is found: {}", seen(&api).await);
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!(first, "bbbb");
}

#[tokio::test]
async fn a_server_notices_that_another_one_wants_another_model() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let of = |model: &str| {
        let flags = flags(&provider, model);
        let models = settings(&flags).models.clone();
        Embeddings::new(api.test.db.clone(), &models, scratch_dir())
    };
    let (one, other) = (of("compatible:fake"), of("compatible:next"));
    assert_eq!(one.model_of_others().await.expect("an answer"), None);
    other.start().await.expect("the database answers");
    assert_eq!(other.model_of_others().await.expect("an answer"), None);
    let told = one.model_of_others().await.expect("an answer");
    assert_eq!(told.as_deref(), Some("compatible:next"));
}
