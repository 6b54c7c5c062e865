//! Documents and insights that the server writes, by a model of a provider that the test runs, and without one.

mod by_model;
mod edits;
mod extractive;
mod insights;
pub mod provider;

use std::time::Duration;

use mindloom::auth::Caller;
use serde_json::{Value, json};

use crate::support::{TestApi, TestDb};
use provider::{Provider, Reply};

pub const GENERATE: &str = "mutation ($clusterId: UUID, $noteIds: [UUID!], $parent: UUID, $title: String,
      $format: DocumentFormat! = MARKDOWN, $instructions: String, $provider: String, $model: String) {
    generateDocument(clusterId: $clusterId, noteIds: $noteIds, parentDocumentId: $parent, title: $title, format: $format,
      instructions: $instructions, provider: $provider, model: $model) {
      document { id generationState version parentDocumentId title content } job { id status } } }";
const DOCUMENT: &str = "query ($id: UUID!) { document(id: $id) {
    id title content format version parentDocumentId clusterId generationState generationMetadata
    sources(orderBy: [{position: ASC}], first: 100) { totalCount nodes { position noteId isUsed } } } }";

/// A server over a database of its own, with a provider that answers like this.
pub async fn with_provider(replies: Vec<Reply>) -> (TestApi, Provider) {
    let provider = Provider::start(replies).await;
    let api = TestApi::with(TestDb::new().await, &provider.flags()).await;
    (api, provider)
}

/// A cluster of somebody with notes of these texts: its id, and theirs.
pub async fn cluster(api: &TestApi, who: &Caller, texts: &[&str]) -> (Value, Vec<Value>) {
    let create = r#"mutation { createCluster(input: {title: "Baking", status: ACCEPTED}) { id } }"#;
    let made = api.data(who, create, json!({})).await;
    let id = made["createCluster"]["id"].clone();
    if texts.is_empty() {
        return (id, Vec::new());
    }
    let inputs: Vec<Value> = texts
        .iter()
        .map(|text| json!({"content": text, "clusterId": id}))
        .collect();
    let create =
        "mutation ($inputs: [NoteInput!]!) { createNotes(inputs: $inputs) { nodes { id } } }";
    let made = api.data(who, create, json!({ "inputs": inputs })).await;
    let notes = made["createNotes"]["nodes"]
        .as_array()
        .expect("notes")
        .iter();
    (id, notes.map(|note| note["id"].clone()).collect())
}

/// Begins a document: it and its job.
pub async fn generate(api: &TestApi, who: &Caller, variables: Value) -> (Value, Value) {
    let made = api.data(who, GENERATE, variables).await;
    let made = &made["generateDocument"];
    (made["document"].clone(), made["job"]["id"].clone())
}

pub async fn document(api: &TestApi, who: &Caller, id: &Value) -> Value {
    api.data(who, DOCUMENT, json!({ "id": id })).await["document"].take()
}

/// Waits until a job has ended.
pub async fn ended(api: &TestApi, who: &Caller, job: &Value) -> Value {
    let query = "query ($id: UUID!) { job(id: $id) { status result error } }";
    for _ in 0..1_500 {
        let mut job = api.data(who, query, json!({ "id": job })).await;
        let job = job["job"].take();
        if !matches!(job["status"].as_str(), Some("PENDING" | "PROCESSING")) {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the job did not end within 15 seconds");
}

/// Begins a document, and waits until it is written: the document, and how the job ended.
pub async fn written(api: &TestApi, who: &Caller, variables: Value) -> (Value, Value) {
    let (begun, job) = generate(api, who, variables).await;
    let ended = ended(api, who, &job).await;
    (document(api, who, &begun["id"]).await, ended)
}

/// Waits until a document's text is this.
pub async fn until_text(api: &TestApi, who: &Caller, id: &Value, wanted: &str) -> Value {
    for _ in 0..1_500 {
        let document = document(api, who, id).await;
        if document["content"] == wanted {
            return document;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the text did not become {wanted:?}");
}
