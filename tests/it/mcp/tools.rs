//! What an assistant does with the tools.

use serde_json::json;

use super::{Assistant, World};

#[tokio::test]
async fn an_assistant_writes_finds_reads_and_changes_notes() {
    let world = World::start().await;
    let assistant = world.assistant(&world.ada).await;
    let long = format!("Sourdough needs patience. {}", "Wait. ".repeat(400));
    let made = assistant
        .answer("create_note", json!({"content": long, "tags": ["bread"]}))
        .await;
    let note = &made["createNote"];
    assert!(note["content"].as_str().unwrap().ends_with('…'), "{note}");
    assistant
        .answer(
            "create_note",
            json!({"content": "A telescope shows the moon"}),
        )
        .await;

    let found = assistant
        .answer("search", json!({"query": "sourdough"}))
        .await;
    assert_eq!(found["search"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["search"][0]["item"]["id"], note["id"]);
    let listed = assistant.answer("list_notes", json!({"first": 1})).await;
    assert_eq!(listed["notes"]["nodes"].as_array().unwrap().len(), 1);
    let cursor = listed["notes"]["pageInfo"]["endCursor"].clone();
    let next = assistant
        .answer("list_notes", json!({"first": 1, "after": cursor}))
        .await;
    assert_eq!(next["notes"]["nodes"][0]["id"], note["id"]);

    let read = assistant
        .answer("read_note", json!({"id": note["id"]}))
        .await;
    assert_eq!(read["note"]["content"], long);
    let changed = json!({"id": note["id"], "tags": ["bread", "rye"], "content": null});
    assistant.answer("update_note", changed).await;
    let read = assistant
        .answer("read_note", json!({"id": note["id"], "offset": 10}))
        .await;
    assert_eq!(read["note"]["content"], long[10..], "the text stayed");
    assert_eq!(read["note"]["tags"], json!(["bread", "rye"]));
}

#[tokio::test]
async fn prompts_are_listed_and_filled_in() {
    let world = World::start().await;
    let assistant = world.assistant(&world.ada).await;
    let listed = assistant.answer("list_prompts", json!({})).await;
    assert_eq!(
        listed["promptFrameworks"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        9
    );
    let filled = assistant
        .answer(
            "render_prompt",
            json!({"framework": "ape", "variables": {"action": "Write", "purpose": "joy", "colour": "red"}}),
        )
        .await;
    let rendered = &filled["renderTemplate"];
    assert_eq!(rendered["missing"], json!(["expectation"]));
    assert_eq!(rendered["unknown"], json!(["colour"]));
    assert!(
        rendered["text"]
            .as_str()
            .unwrap()
            .starts_with("Action: Write\nPurpose: joy")
    );
}

#[tokio::test]
async fn nobody_reaches_what_is_anothers() {
    let world = World::start().await;
    let of_ada = world.assistant(&world.ada).await;
    let of_ben = world.assistant(&world.ben).await;
    let made = of_ada
        .answer("create_note", json!({"content": "Adas secret recipe"}))
        .await;
    let id = &made["createNote"]["id"];
    let refused = of_ben.refusal("read_note", json!({ "id": id })).await;
    assert!(refused.contains("NOT_FOUND"), "{refused}");
    let refused = of_ben
        .refusal("update_note", json!({"id": id, "content": "mine"}))
        .await;
    assert!(refused.contains("NOT_FOUND"), "{refused}");
    let found = of_ben.answer("search", json!({"query": "recipe"})).await;
    assert_eq!(found["search"], json!([]));
    let listed = of_ben.answer("list_notes", json!({})).await;
    assert_eq!(listed["notes"]["nodes"], json!([]));
    let read = of_ada.answer("read_note", json!({ "id": id })).await;
    assert_eq!(read["note"]["content"], "Adas secret recipe");
}

#[tokio::test]
async fn a_token_that_reads_writes_nothing() {
    let world = World::start().await;
    let (token, _) = world.token(&world.ada, json!(["READ"])).await;
    let reader = Assistant::connect(&world.url(), &token).await;
    let names: Vec<String> = reader
        .tools()
        .await
        .iter()
        .map(|tool| tool.name.to_string())
        .collect();
    assert!(
        names.contains(&"search".to_owned()) && !names.contains(&"create_note".to_owned()),
        "{names:?}"
    );
    let refused = reader.refusal("create_note", json!({"content": "x"})).await;
    assert!(
        refused.contains("FORBIDDEN") && refused.contains("WRITE"),
        "{refused}"
    );
    let listed = reader.answer("list_notes", json!({})).await;
    assert_eq!(listed["notes"]["nodes"], json!([]));
    let writer = world.assistant(&world.ada).await;
    let tools = writer.tools().await;
    let create = tools
        .iter()
        .find(|tool| tool.name == "create_note")
        .expect("a tool");
    assert_eq!(
        create
            .annotations
            .as_ref()
            .and_then(|hints| hints.read_only_hint),
        Some(false)
    );
    assert_eq!(create.input_schema["required"], json!(["content"]));
}

#[tokio::test]
async fn a_document_is_made_of_notes_and_read_once_it_is_written() {
    let world = World::start().await;
    let assistant = world.assistant(&world.ada).await;
    let mut notes = Vec::new();
    for text in [
        "The sourdough starter needs flour and water every day.",
        "Flour and water are all that a sourdough starter needs.",
    ] {
        let made = assistant
            .answer("create_note", json!({ "content": text }))
            .await;
        notes.push(made["createNote"]["id"].clone());
    }
    let wish = json!({"noteIds": notes, "title": "Bread"});
    let made = assistant.answer("generate_document", wish).await;
    let id = made["generateDocument"]["document"]["id"].clone();
    for _ in 0..500 {
        let read = assistant.answer("read_document", json!({ "id": id })).await;
        let document = &read["document"];
        if document["generationState"] == "COMPLETE" {
            let text = document["content"].as_str().expect("a text");
            assert!(text.contains("without a language model"), "{text}");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the document was not written within ten seconds");
}
