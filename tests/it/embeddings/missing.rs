//! Texts without vectors, and vectors that are none, are told for what they are.

use serde_json::{Value, json};

use super::{SEARCH, embedded, flags, names, served, until};
use crate::{
    models::provider::{Does, FakeProvider},
    support::{TestApi, TestDb},
};
use std::time::Duration;

const FAKE: &str = "compatible:fake";
const STALE: &str = "query { notes(where: {embeddingIsStale: {eq: true}}, orderBy: [{content: ASC}]) { nodes { content } } }";
const MAKE: &str = "mutation ($input: NoteInput!) { createNote(input: $input) { id embeddingModel embeddingIsStale } }";

fn vector(first: f32) -> Vec<f32> {
    let mut vector = vec![0.0; 1_536];
    vector[0] = first;
    vector
}

#[tokio::test]
async fn a_note_without_a_vector_is_stale_while_there_is_a_model() {
    let provider = FakeProvider::start().await;
    provider.always(Does::Late(Duration::from_secs(60)));
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa"]).await;
    // Somebody ends the job that was to make it.
    let jobs = "query { jobs(where: {jobType: {eq: \"embeddings.embed_texts\"}}) { nodes { id status } } }";
    let seen = api.data(&ada, jobs, json!({})).await;
    let cancel = "mutation ($id: UUID!) { cancelJob(id: $id) { status } }";
    let id = &seen["jobs"]["nodes"][0]["id"];
    api.data(&ada, cancel, json!({"id": id})).await;
    let ended =
        "select count(*) from public.job_queue where job_type = $1 and status = 'cancelled'";
    until(&api, ended, "embeddings.embed_texts", 1).await;
    let waits = json!({"notes": {"nodes": [{"content": "aaaa"}]}});
    assert_eq!(api.data(&ada, STALE, json!({})).await, waits);
    // Whoever ended it may have it done all the same.
    provider.always(Does::Vectors(4));
    let retry = "mutation ($id: UUID!) { retryJob(id: $id) { status } }";
    api.data(&ada, retry, json!({"id": id})).await;
    embedded(&api, FAKE).await;
    let none = json!({"notes": {"nodes": []}});
    assert_eq!(api.data(&ada, STALE, json!({})).await, none);
}

#[tokio::test]
async fn notes_from_before_there_was_a_model_are_stale_until_they_have_vectors() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa"]).await;
    let none = json!({"notes": {"nodes": []}});
    assert_eq!(api.data(&ada, STALE, json!({})).await, none);
    let provider = FakeProvider::start().await;
    provider.always(Does::Says(500, vec![], String::new()));
    let api = api.again(&flags(&provider, FAKE)).await;
    let stale = "select count(*) from public.notes where embedding_is_stale and $1 <> ''";
    until(&api, stale, FAKE, 1).await;
}

#[tokio::test]
async fn a_text_without_words_gets_no_vector_and_says_why() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &[" \n\t ", "aaaa"]).await;
    let told =
        "select count(*) from public.embeddings where model = $1 and error like '%without words%'";
    until(&api, told, FAKE, 1).await;
    let fresh = "select count(*) from public.embeddings where model = $1 and not is_stale";
    until(&api, fresh, FAKE, 1).await;
    let asked = provider.asked();
    assert!(
        asked
            .iter()
            .all(|asked| asked.body["input"] == json!(["aaaa"])),
        "{asked:?}"
    );
    let none = json!({"notes": {"nodes": []}});
    assert_eq!(api.data(&ada, STALE, json!({})).await, none);
    // With words it is a text like any other, and without again it is found no more.
    let change = "mutation ($id: UUID!, $text: String!) { updateNote(id: $id, set: {content: $text}) { id } }";
    let words = json!({"id": ids[0], "text": "bbbb"});
    api.data(&ada, change, words).await;
    embedded(&api, FAKE).await;
    api.data(&ada, change, json!({"id": ids[0], "text": "  "}))
        .await;
    until(&api, told, FAKE, 1).await;
    let found = api.data(&ada, SEARCH, json!({"query": "bb"})).await;
    assert_eq!(names(&found), ["aaaa"]);
}

#[tokio::test]
async fn vectors_that_could_be_compared_with_none_are_refused() {
    let api = TestApi::with(TestDb::new().await, &["--embedding-model", "local"]).await;
    let ada = api.test.user("ada@example.org").await;
    for (embedding, said) in [
        (vector(0.0), "direction"),
        (vector(1e-30), "direction"),
        (vector(1e30), "direction"),
        (vec![1.0; 384], "384 elements"),
        (vec![], "0 elements"),
    ] {
        let input = json!({"content": "own", "embedding": embedding});
        let (code, message, _) = api.error(&ada, MAKE, json!({ "input": input })).await;
        assert_eq!(code, "BAD_USER_INPUT", "{message}");
        assert!(message.contains(said), "{message}");
    }
    let search = "query ($vector: Vector!) { search(query: \"\", mode: SEMANTIC, vector: $vector) { score } }";
    for (vector, said) in [
        (vector(0.0), "direction"),
        (vector(1e-30), "direction"),
        (vec![1.0; 384], "384 numbers"),
        (vec![], "0 numbers"),
    ] {
        let (code, message, _) = api.error(&ada, search, json!({ "vector": vector })).await;
        assert_eq!(code, "BAD_USER_INPUT", "{message}");
        assert!(message.contains(said), "{message}");
    }
}

#[tokio::test]
async fn the_servers_models_are_named_by_the_server_alone() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    let refused = async |query: &str, variables: Value| {
        let (code, message, _) = api.error(&ada, query, variables).await;
        assert_eq!(code, "BAD_USER_INPUT", "{message}");
        assert!(
            message.contains("the server makes the vectors of compatible:fake itself"),
            "{message}"
        );
    };
    let own = json!({"content": "own", "embedding": vector(1.0), "embeddingModel": FAKE});
    refused(MAKE, json!({ "input": own })).await;
    let mine = json!({"content": "own", "embedding": vector(1.0), "embeddingModel": "mine"});
    let made = api.data(&ada, MAKE, json!({ "input": mine })).await;
    let id = &made["createNote"]["id"];
    let rename = "mutation ($id: UUID!) { updateNote(id: $id, set: {embeddingModel: \"compatible:fake\"}) { id } }";
    refused(rename, json!({"id": id})).await;
    let replace = "mutation ($id: UUID!, $vector: Vector!) {
        updateNote(id: $id, set: {embedding: $vector, embeddingModel: \"compatible:fake\"}) { id } }";
    refused(replace, json!({"id": id, "vector": vector(2.0)})).await;
    // Who writes back what the server made changes nothing, and may.
    let ids = api.notes(&ada, &["aaaa"]).await;
    embedded(&api, FAKE).await;
    let read = "query ($id: UUID!) { note(id: $id) { embedding embeddingModel } }";
    let copied =
        "select count(*) from public.notes where embedding_model = $1 and not embedding_is_stale";
    until(&api, copied, FAKE, 1).await;
    let note = api.data(&ada, read, json!({"id": ids[0]})).await;
    assert_eq!(note["note"]["embeddingModel"], FAKE);
    let back = json!({"id": ids[0], "vector": note["note"]["embedding"]});
    api.data(&ada, replace, back).await;
}
