//! What is written is found by what it means, soon and by nobody else.

use serde_json::json;

use super::{SEARCH, embedded, found, names, served, until};
use crate::models::provider::FakeProvider;

const FAKE: &str = "compatible:fake";

#[tokio::test]
async fn notes_documents_and_artifacts_are_found_and_followed() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["aaaa", "bbbb"]).await;
    let make = "mutation { createDocument(input: {title: \"cccc\", content: \"cccc\"}) { id }
        createArtifact(input: {title: \"dddddddd\", content: \"dddddddd\"}) { id } }";
    api.data(&ada, make, json!({})).await;
    embedded(&api, FAKE).await;
    for (query, first) in [
        ("aaa", "aaaa"),
        ("bb", "bbbb"),
        ("ccccc", "cccc"),
        ("dd", "dddddddd"),
    ] {
        let all = found(&api, &ada, query).await;
        assert_eq!((all.len(), all[0].as_str()), (4, first), "{query}: {all:?}");
    }
    let one_kind = json!({"query": "aaa", "kinds": ["DOCUMENT", "ARTIFACT"], "first": 1});
    assert_ne!(names(&api.data(&ada, SEARCH, one_kind).await), ["aaaa"]);

    // A changed text is found by what it says now, and a deleted one not at all.
    let change = "mutation ($id: UUID!) { updateNote(id: $id, set: {content: \"eeee\"}) { id } }";
    api.data(&ada, change, json!({"id": ids[0]})).await;
    let bin = "mutation ($id: UUID!) { softDeleteNote(id: $id) { id } }";
    api.data(&ada, bin, json!({"id": ids[1]})).await;
    embedded(&api, FAKE).await;
    assert_eq!(found(&api, &ada, "eee").await[0], "eeee");
    let all = found(&api, &ada, "bb").await;
    assert!(
        all.len() == 3 && !all.iter().any(|text| text == "bbbb"),
        "{all:?}"
    );

    let eve = api.test.user("eve@example.org").await;
    assert_eq!(found(&api, &eve, "eee").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_note_carries_its_vector_and_is_not_changed_by_it() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["aaaa", "aaab", "zzzz"]).await;
    let copied =
        "select count(*) from public.notes where embedding_model = $1 and not embedding_is_stale";
    until(&api, copied, FAKE, 3).await;
    let query = "query ($id: UUID!) { note(id: $id) { createdAt updatedAt embeddingHash embeddingModel embedding }
        similarNotes(noteId: $id) { similarity note { content } } }";
    let data = api.data(&ada, query, json!({"id": ids[0]})).await;
    let note = &data["note"];
    assert_eq!(note["createdAt"], note["updatedAt"]);
    assert_eq!(note["embeddingModel"], FAKE);
    let numbers = note["embedding"].as_array().expect("a vector");
    assert_eq!(numbers.len(), 1_536);
    assert!(numbers[4..].iter().all(|number| number == 0.0));
    assert_eq!(data["similarNotes"][0]["note"]["content"], "aaab");
    assert_eq!(data["similarNotes"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn texts_that_did_not_change_are_not_embedded_again() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["aaaa"]).await;
    embedded(&api, FAKE).await;
    let asked = provider.asked().len();
    let tag = "mutation ($id: UUID!) { updateNote(id: $id, set: {tags: [\"x\"], content: \"aaaa\"}) { id } }";
    api.data(&ada, tag, json!({"id": ids[0]})).await;
    // The same text elsewhere is known: nobody is asked for it.
    api.notes(&ada, &["aaaa"]).await;
    embedded(&api, FAKE).await;
    assert_eq!(provider.asked().len(), asked);
    assert_eq!(found(&api, &ada, "a").await, ["aaaa", "aaaa"]);
}

#[tokio::test]
async fn what_many_write_at_once_is_collected() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    let texts: Vec<String> = (0..130).map(|number| format!("note {number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    api.notes(&ada, &texts[..65]).await;
    api.notes(&ada, &texts[65..]).await;
    embedded(&api, FAKE).await;
    let asked: Vec<usize> = provider
        .asked()
        .iter()
        .filter_map(|asked| asked.body["input"].as_array().map(Vec::len))
        .collect();
    assert_eq!(asked.iter().sum::<usize>(), 130);
    assert!(asked.len() <= 6, "{asked:?}");
    let jobs = "query { jobs { nodes { jobType status progress } } }";
    let done =
        "select count(*) from public.job_queue where job_type = $1 and status <> 'completed'";
    until(&api, done, "embeddings.embed_texts", 0).await;
    let seen = api.data(&ada, jobs, json!({})).await;
    let first = &seen["jobs"]["nodes"][0];
    assert_eq!(first["jobType"], "embeddings.embed_texts", "{seen:#}");
}
