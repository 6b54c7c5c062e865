//! Vectors that clients bring stay theirs.

use serde_json::{Value, json};

use super::{embedded, found, served};
use crate::models::provider::FakeProvider;

const BY_VECTOR: &str = "query ($vector: Vector!, $model: String) {
    search(query: \"\", mode: SEMANTIC, vector: $vector, vectorModel: $model) { item { ... on Note { content } } } }";

fn vector(first: f32) -> Vec<f32> {
    let mut vector = vec![0.0; 1_536];
    (vector[0], vector[1]) = (first, 1.0);
    vector
}

#[tokio::test]
async fn a_clients_vector_is_kept_and_compared_with_its_own_kind() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    let make =
        "mutation ($inputs: [NoteInput!]!) { createNotes(inputs: $inputs) { nodes { id } } }";
    let inputs = json!([
        {"content": "own", "embedding": vector(1.0), "embeddingModel": "mine"},
        {"content": "twin", "embedding": vector(0.9), "embeddingModel": "mine"},
        {"content": "unnamed", "embedding": vector(1.0)},
        {"content": "plain"},
    ]);
    let made = api.data(&ada, make, json!({ "inputs": inputs })).await;
    let id = |place: usize| made["createNotes"]["nodes"][place]["id"].clone();
    embedded(&api, "compatible:fake").await;
    let models = "query { notes(orderBy: [{content: ASC}]) { nodes { content embeddingModel embeddingIsStale } } }";
    let notes = api.data(&ada, models, json!({})).await;
    let of = |place: usize| notes["notes"]["nodes"][place]["embeddingModel"].clone();
    assert_eq!(
        [of(0), of(1), of(2), of(3)],
        [
            json!("mine"),
            json!("compatible:fake"),
            json!("mine"),
            Value::Null
        ]
    );

    let by = async |model: Value| -> Vec<String> {
        let data = api
            .data(
                &ada,
                BY_VECTOR,
                json!({"vector": vector(1.0), "model": model}),
            )
            .await;
        super::names(&data)
    };
    assert_eq!(by(json!("mine")).await, ["own", "twin"]);
    assert_eq!(by(Value::Null).await, ["unnamed"]);
    // By text, the server's vectors find all of them.
    assert_eq!(found(&api, &ada, "plain").await.len(), 4);
    let similar = "query ($id: UUID!) { similarNotes(noteId: $id) { note { content } } }";
    let near = api.data(&ada, similar, json!({"id": id(0)})).await;
    assert_eq!(near["similarNotes"], json!([{"note": {"content": "twin"}}]));
    let near = api.data(&ada, similar, json!({"id": id(3)})).await;
    assert_eq!(
        near["similarNotes"].as_array().map(Vec::len),
        Some(3),
        "by the server's own"
    );

    let again = "mutation ($id: UUID!, $vector: Vector!) { updateNote(id: $id, set: {embedding: $vector}) { embeddingModel embeddingIsStale } }";
    let bare = api
        .data(&ada, again, json!({"id": id(0), "vector": vector(0.5)}))
        .await;
    assert_eq!(
        bare["updateNote"],
        json!({"embeddingModel": null, "embeddingIsStale": true})
    );
    let (code, said, _) = api
        .error(
            &ada,
            "{ search(query: \"x\", mode: SEMANTIC, vectorModel: \"mine\") { score } }",
            json!({}),
        )
        .await;
    assert_eq!(code, "BAD_USER_INPUT", "{said}");
}
