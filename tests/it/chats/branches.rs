//! Edited questions and other answers are branches: nothing is lost, and one is shown.

use serde_json::{Value, json};

use super::{
    Chats,
    provider::{Provider, Reply},
    sent,
};

const EDIT: &str = r#"mutation ($id: UUID!, $parts: JSON!) { editMessage(id: $id, parts: $parts, options: {model: "gpt-4o"}) {
    chat { id } question { id } answer { id } stream { id } streamId } }"#;
const AGAIN: &str = r#"mutation ($id: UUID!) { regenerateMessage(id: $id, options: {model: "gpt-4o"}) {
    chat { id } question { id } answer { id } stream { id } streamId } }"#;
const SHOW: &str = "mutation ($id: UUID!) { showBranch(id: $id) { id isCurrent } }";
const SHOWN: &str =
    "query ($chat: UUID!) { messages(where: {chatId: {eq: $chat}, isCurrent: {eq: true}},
    orderBy: [{createdAt: ASC}, {id: ASC}]) { nodes { parts } } }";

/// What is shown of a chat.
async fn shown(chats: &Chats, who: &mindloom::auth::Caller, chat: &str) -> Vec<String> {
    let data = chats.data(who, SHOWN, json!({ "chat": chat })).await;
    let nodes = data["messages"]["nodes"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    nodes
        .iter()
        .map(|node| {
            node["parts"][0]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

fn parts(text: &str) -> Value {
    json!([{"type": "text", "text": text}])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn branches_stand_beside_each_other() {
    let replies = ["a1", "a2", "a1 again", "a of the edit"]
        .map(Reply::text)
        .to_vec();
    let chats = Chats::new(Provider::script(replies).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let first = chats.send(&ada, None, "q1").await;
    chats.events(&ada, &first.stream, 0).await;
    let second = chats.send(&ada, Some(&first.chat), "q2").await;
    chats.events(&ada, &second.stream, 0).await;
    assert_eq!(
        shown(&chats, &ada, &first.chat).await,
        ["q1", "a1", "q2", "a2"]
    );

    let again = chats.data(&ada, AGAIN, json!({"id": first.answer})).await;
    let again = sent(&again["regenerateMessage"]);
    assert_eq!(again.question, first.question);
    chats.events(&ada, &again.stream, 0).await;
    assert_eq!(shown(&chats, &ada, &first.chat).await, ["q1", "a1 again"]);

    let edited = chats
        .data(
            &ada,
            EDIT,
            json!({"id": first.question, "parts": parts("q1 edited")}),
        )
        .await;
    let edited = sent(&edited["editMessage"]);
    chats.events(&ada, &edited.stream, 0).await;
    assert_eq!(
        shown(&chats, &ada, &first.chat).await,
        ["q1 edited", "a of the edit"]
    );
    let asked = chats.provider.asked();
    let messages = asked[3]["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 2, "the branch alone is read: {messages:?}");

    // What is not shown is left alone until it is.
    assert_eq!(
        chats.code(&ada, AGAIN, json!({"id": second.answer})).await,
        "CONFLICT"
    );
    chats.data(&ada, SHOW, json!({"id": second.question})).await;
    assert_eq!(
        shown(&chats, &ada, &first.chat).await,
        ["q1", "a1", "q2", "a2"]
    );
    chats.data(&ada, SHOW, json!({"id": again.answer})).await;
    assert_eq!(shown(&chats, &ada, &first.chat).await, ["q1", "a1 again"]);

    let ben = chats.test.user("ben@example.org").await;
    assert_eq!(
        chats.code(&ben, SHOW, json!({"id": first.answer})).await,
        "NOT_FOUND"
    );
    assert_eq!(
        chats.code(&ben, AGAIN, json!({"id": again.answer})).await,
        "NOT_FOUND"
    );
    assert_eq!(
        chats
            .code(&ada, EDIT, json!({"id": again.answer, "parts": parts("x")}))
            .await,
        "BAD_USER_INPUT"
    );
    assert_eq!(
        chats.code(&ada, AGAIN, json!({"id": first.question})).await,
        "BAD_USER_INPUT"
    );

    // Others see the branch that is shown.
    let publish = "mutation ($id: UUID!) { updateChat(id: $id, set: {visibility: PUBLIC}) { id } }";
    chats.data(&ada, publish, json!({"id": first.chat})).await;
    let read = "query ($id: UUID!) { publicChat(id: $id) { messages } }";
    let public = chats.data(&ben, read, json!({"id": first.chat})).await;
    let texts: Vec<_> = public["publicChat"]["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| message["parts"][0]["text"].clone())
        .collect();
    assert_eq!(texts, ["q1", "a1 again"]);
    // Nothing was lost.
    let all = format!(
        "select count(*) from public.messages where chat_id = '{}'",
        first.chat
    );
    assert_eq!(chats.test.value(&all).await.as_deref(), Some("7"));
}
