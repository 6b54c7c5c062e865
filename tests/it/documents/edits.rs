//! Editing a document that the server is writing: what a person writes is not lost.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Semaphore;

use super::{cluster, document, ended, generate, provider::Reply, until_text, with_provider};

const EDIT: &str =
    "mutation ($id: UUID!, $set: DocumentSet!) { updateDocument(id: $id, set: $set) { id } }";

#[tokio::test]
async fn a_text_that_is_being_written_is_edited_once_it_is_whole() {
    let gate = Arc::new(Semaphore::new(1));
    let words = Reply::Gated(&["Half", " a text"], Arc::clone(&gate));
    let (api, _provider) = with_provider(vec![words]).await;
    let ada = api.test.user("ada@example.org").await;
    let (id, _) = cluster(&api, &ada, &["Flour and water."]).await;
    let (begun, job) = generate(&api, &ada, json!({"clusterId": id})).await;
    until_text(&api, &ada, &begun["id"], "Half").await;
    let edit = json!({"id": begun["id"], "set": {"content": "Mine"}});
    let (code, said, ..) = api.error(&ada, EDIT, edit.clone()).await;
    assert_eq!(code, "CONFLICT", "{said}");
    assert!(said.contains("is being written"), "{said}");
    // All else is the person's meanwhile.
    let named = json!({"id": begun["id"], "set": {"title": "Named", "tags": ["bread"]}});
    api.data(&ada, EDIT, named).await;
    gate.add_permits(5);
    assert_eq!(ended(&api, &ada, &job).await["status"], "COMPLETED");
    let whole = document(&api, &ada, &begun["id"]).await;
    assert_eq!(
        (&whole["content"], &whole["title"]),
        (&json!("Half a text"), &json!("Named"))
    );
    api.data(&ada, EDIT, edit).await;
    let mine = document(&api, &ada, &begun["id"]).await;
    assert_eq!(mine["content"], "Mine");
}

#[tokio::test]
async fn a_document_whose_job_is_gone_can_be_edited() {
    let gate = Arc::new(Semaphore::new(1));
    let words = Reply::Gated(&["Half", " a text"], Arc::clone(&gate));
    let (api, _provider) = with_provider(vec![words]).await;
    let ada = api.test.user("ada@example.org").await;
    let (id, _) = cluster(&api, &ada, &["Flour and water."]).await;
    let (begun, job) = generate(&api, &ada, json!({"clusterId": id})).await;
    until_text(&api, &ada, &begun["id"], "Half").await;
    let cancel = "mutation ($id: UUID!) { cancelJob(id: $id) { status } }";
    api.data(&ada, cancel, json!({ "id": job })).await;
    assert_eq!(ended(&api, &ada, &job).await["status"], "CANCELLED");
    // As where whoever ended the job could not write it into the document.
    let left = "update public.documents set generation_state = 'writing'";
    api.test.run_as_owner(left).await.expect("it says so");
    let edit = json!({"id": begun["id"], "set": {"content": "Mine"}});
    api.data(&ada, EDIT, edit).await;
    let mine = document(&api, &ada, &begun["id"]).await;
    assert_eq!(mine["content"], "Mine");
}

#[tokio::test]
async fn more_notes_than_a_document_is_made_of_are_refused() {
    let (api, _provider) = with_provider(vec![Reply::Whole(&["x"])]).await;
    let ada = api.test.user("ada@example.org").await;
    let notes: Vec<String> = (0..20_001)
        .map(|_| uuid::Uuid::new_v4().to_string())
        .collect();
    let (code, said, ..) = api
        .error(&ada, super::GENERATE, json!({ "noteIds": notes }))
        .await;
    assert_eq!(code, "LIMIT_EXCEEDED", "{said}");
    assert!(said.contains("20000 notes at most"), "{said}");
}

#[tokio::test]
async fn a_document_that_is_deleted_is_no_longer_written_nor_a_failure() {
    let gate = Arc::new(Semaphore::new(1));
    let words = &["Half", " a text", " and more"];
    let (api, _provider) = with_provider(vec![Reply::Gated(words, Arc::clone(&gate))]).await;
    let ada = api.test.user("ada@example.org").await;
    let (id, _) = cluster(&api, &ada, &["Flour and water."]).await;
    let (begun, job) = generate(&api, &ada, json!({"clusterId": id})).await;
    until_text(&api, &ada, &begun["id"], "Half").await;
    let delete = "mutation ($id: UUID!) { deleteDocument(id: $id) { id } }";
    api.data(&ada, delete, json!({"id": begun["id"]})).await;
    // The end never comes: whoever writes learns with the next words that nobody wants them.
    gate.add_permits(1);
    assert_eq!(ended(&api, &ada, &job).await["status"], "COMPLETED");
    let calls = "select string_agg(outcome::text, ' ') from public.model_calls";
    assert_eq!(api.test.value(calls).await.as_deref(), Some("stopped"));
}
