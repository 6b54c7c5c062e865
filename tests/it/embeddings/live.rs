//! Live queries over what is found by its meaning answer again when that changed.

use serde_json::{Value, json};

use super::{embedded, served};
use crate::{
    models::provider::FakeProvider,
    support::{TestApi, next},
};
use mindloom::{auth::Caller, graphql::ResponseStream};

const FAKE: &str = "compatible:fake";
const LIVE_SEARCH: &str = "subscription ($query: String!, $mode: SearchMode!) {
    live { search(query: $query, mode: $mode) { item { ... on Note { content } ... on Document { title } } } } }";

/// Reads answers until one has these texts.
async fn until_found(stream: &mut ResponseStream, field: &str, wanted: &[&str]) {
    loop {
        let answer = next(stream).await;
        let found = answer["data"]["live"][field].as_array();
        let found = found.unwrap_or_else(|| panic!("a list in {answer}"));
        let name = |item: &Value| {
            let item = item.get("item").or(item.get("note")).cloned();
            let item = item.unwrap_or_default();
            let text = item["content"].as_str().or(item["title"].as_str());
            text.unwrap_or_default().to_owned()
        };
        if found.iter().map(name).eq(wanted.iter().copied()) {
            return;
        }
    }
}

async fn watch(api: &TestApi, caller: &Caller, query: &str, mode: &str) -> ResponseStream {
    let variables = json!({"query": query, "mode": mode});
    api.subscribe(caller, LIVE_SEARCH, variables).await
}

#[tokio::test]
async fn a_live_search_tells_what_is_found_now() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    api.notes(&ada, &["bbbb"]).await;
    embedded(&api, FAKE).await;
    let mut meaning = watch(&api, &ada, "aaa", "SEMANTIC").await;
    until_found(&mut meaning, "search", &["bbbb"]).await;
    let mut words = watch(&api, &ada, "aaaa", "TEXT").await;
    until_found(&mut words, "search", &[]).await;
    api.notes(&eve, &["aaaa"]).await;
    let ids = api.notes(&ada, &["aaaa"]).await;
    until_found(&mut words, "search", &["aaaa"]).await;
    // The vector comes later than the note.
    until_found(&mut meaning, "search", &["aaaa", "bbbb"]).await;
    let make = "mutation { createDocument(input: {title: \"aaa\", content: \"aaa\"}) { id } }";
    api.data(&ada, make, json!({})).await;
    until_found(&mut meaning, "search", &["aaaa", "aaa", "bbbb"]).await;
    let bin = "mutation ($id: UUID!) { softDeleteNote(id: $id) { id } }";
    api.data(&ada, bin, json!({"id": ids[0]})).await;
    until_found(&mut meaning, "search", &["aaa", "bbbb"]).await;
    until_found(&mut words, "search", &[]).await;
}

#[tokio::test]
async fn live_similar_notes_tell_what_is_near_now() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["aaaa"]).await;
    embedded(&api, FAKE).await;
    let query =
        "subscription ($id: UUID!) { live { similarNotes(noteId: $id) { note { content } } } }";
    let mut near = api.subscribe(&ada, query, json!({"id": ids[0]})).await;
    until_found(&mut near, "similarNotes", &[]).await;
    api.notes(&ada, &["aaab"]).await;
    until_found(&mut near, "similarNotes", &["aaab"]).await;
}
