//! Questions and their answers, from beginning to end.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Semaphore;

use super::{
    Chats, SEND, assert_whole, kinds,
    provider::{Provider, Reply},
    text_of,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_answered_word_by_word() {
    let words = "Fold it, and let it rest.";
    let chats = Chats::new(Provider::script(vec![Reply::text(words)]).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats
        .send(&ada, None, "How do I knead a dough that sticks?")
        .await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    assert_eq!(kinds(&events), ["STEP", "TEXT", "USAGE", "END"]);
    assert_eq!(text_of(&events), words);
    let usage = &events[events.len() - 2]["usage"];
    assert_eq!(
        (&usage["model"], &usage["provider"]),
        (&json!("gpt-4o"), &json!("openai"))
    );
    assert_eq!(usage["inputTokens"], 10);
    assert_eq!(events[events.len() - 1]["reason"], "COMPLETED");
    assert_eq!(
        chats.parts(&ada, &sent.answer).await,
        json!([{"type": "text", "text": words}])
    );
    // The first words, then what the model makes of them.
    let title = format!("select title from public.chats where id = '{}'", sent.chat);
    chats.until(&title, "A title").await;
    let asked = chats.provider.asked();
    assert_eq!(asked.len(), 1);
    let messages = asked[0]["messages"].as_array().expect("messages");
    assert_eq!(
        messages[messages.len() - 1]["content"],
        "How do I knead a dough that sticks?"
    );
    let system = messages[0]["content"].as_str().expect("a prompt");
    assert!(
        system.starts_with("You are a helpful assistant in a workspace"),
        "{system}"
    );
    // Whoever comes back later, from any place, gets the rest.
    for after in [0, 1, 2, i64::try_from(events.len()).expect("few") - 1] {
        let rest = chats.events(&ada, &sent.stream, after).await;
        assert_whole(&rest, after);
    }
    assert!(
        chats
            .events(
                &ada,
                &sent.stream,
                i64::try_from(events.len()).expect("few")
            )
            .await
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_model_reads_what_was_said_before() {
    let replies = vec![Reply::text("First answer"), Reply::text("Second answer")];
    let chats = Chats::new(Provider::script(replies).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let first = chats.send(&ada, None, "One").await;
    chats.events(&ada, &first.stream, 0).await;
    let second = chats.send(&ada, Some(&first.chat), "Two").await;
    assert_eq!(second.chat, first.chat);
    chats.events(&ada, &second.stream, 0).await;
    let asked = chats.provider.asked();
    let said: Vec<_> = asked[1]["messages"].as_array().expect("messages")[1..]
        .iter()
        .map(|message| message["content"].clone())
        .collect();
    assert_eq!(said, [json!("One"), json!("First answer"), json!("Two")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_answer_is_written_in_a_chat_at_a_time_and_can_be_stopped_from_anywhere() {
    let gate = Arc::new(Semaphore::new(3));
    let reply = Reply::text("one two three four five six").gated(&gate);
    let chats = Chats::new(Provider::script(vec![reply]).await).await;
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Count").await;
    let mut follower = chats.follow(&chats.server, &ada, &sent.stream, 0).await;
    let mut events = Vec::new();
    while text_of(&events) != "one two three " {
        events.push(follower.next().await.expect("it goes on"));
    }
    let again = json!({"chat": sent.chat, "parts": [{"type": "text", "text": "And?"}]});
    assert_eq!(chats.code(&ada, SEND, again.clone()).await, "CONFLICT");
    // Nobody else's business.
    let ben = chats.test.user("ben@example.org").await;
    let stop = "mutation ($id: UUID!) { stopStream(id: $id) { id status } }";
    assert_eq!(
        chats.code(&ben, stop, json!({"id": sent.stream})).await,
        "NOT_FOUND"
    );
    assert_eq!(chats.code(&ben, SEND, again.clone()).await, "NOT_FOUND");
    let mut spy = chats.follow(&chats.server, &ben, &sent.stream, 0).await;
    assert!(spy.next().await.is_none());
    assert_eq!(
        spy.refused.expect("a refusal")["extensions"]["code"],
        "NOT_FOUND"
    );
    // At another server.
    let other = chats.another().await;
    let began = std::time::Instant::now();
    super::ask(
        &reqwest::Client::new(),
        &other,
        &ada,
        stop,
        json!({"id": sent.stream}),
    )
    .await;
    while let Some(event) = follower.next().await {
        events.push(event);
    }
    // Long before its words would have come to an end; how long it takes on an idle machine is a figure, not a test.
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
    assert_whole(&events, 0);
    assert_eq!(events[events.len() - 1]["reason"], "STOPPED");
    assert_eq!(kinds(&events), ["STEP", "TEXT", "USAGE", "END"]);
    let parts = chats.parts(&ada, &sent.answer).await;
    assert_eq!(parts, json!([{"type": "text", "text": "one two three "}]));
    // Stopping it again changes nothing, and the chat goes on.
    let stopped = chats.data(&ada, stop, json!({"id": sent.stream})).await;
    assert_eq!(stopped["stopStream"]["status"], "STOPPED");
    gate.add_permits(100);
    let next = chats.data(&ada, SEND, again).await;
    let next = super::sent(&next["sendMessage"]);
    assert_eq!(
        text_of(&chats.events(&ada, &next.stream, 0).await),
        "one two three four five six"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_message_is_refused() {
    let chats = Chats::new(Provider::script(vec![Reply::text("x")]).await).await;
    let ada = chats.test.user("ada@example.org").await;
    for parts in [
        json!([]),
        json!([{"type": "tool-result"}]),
        json!([{"type": "text", "text": " "}]),
    ] {
        assert_eq!(
            chats.code(&ada, SEND, json!({ "parts": parts })).await,
            "BAD_USER_INPUT"
        );
    }
    let parts = json!([{"type": "text", "text": "hello"}]);
    let hot = json!({"parts": parts, "options": {"temperature": 3.0}});
    assert_eq!(chats.code(&ada, SEND, hot).await, "BAD_USER_INPUT");
    let nowhere = json!({"parts": parts, "chat": "00000000-0000-7000-8000-000000000000"});
    assert_eq!(chats.code(&ada, SEND, nowhere).await, "NOT_FOUND");
    assert_eq!(
        chats
            .test
            .value("select count(*) from public.messages")
            .await
            .as_deref(),
        Some("0")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_key_the_answer_is_what_the_notes_say_and_says_so() {
    let provider = Provider::script(vec![Reply::text("never")]).await;
    let test = crate::support::TestDb::new().await;
    let server = crate::support::server::RunningServer::start(&test.db, &[]).await;
    let chats = Chats::over(test, server, provider);
    let ada = chats.test.user("ada@example.org").await;
    let ben = chats.test.user("ben@example.org").await;
    let write = r#"mutation ($content: String!) { createNote(input: {content: $content}) { id } }"#;
    chats
        .data(
            &ada,
            write,
            json!({"content": "Sourdough wants twelve hours in the cold."}),
        )
        .await;
    chats
        .data(
            &ben,
            write,
            json!({"content": "Sourdough is the password of my vault."}),
        )
        .await;
    let parts = json!([{"type": "text", "text": "How long does sourdough take?"}]);
    let data = chats
        .data(&ada, SEND, json!({"parts": parts, "options": {}}))
        .await;
    let sent = super::sent(&data["sendMessage"]);
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    let text = text_of(&events);
    assert!(text.contains("no language model"), "{text}");
    assert!(text.contains("twelve hours in the cold"), "{text}");
    assert!(!text.contains("password"), "{text}");
    assert!(text.contains("saveApiConfiguration"), "{text}");
    // Whoever names a model gets no answer of another.
    let named = json!({"parts": parts, "options": {"model": "gpt-4o"}});
    let data = chats.data(&ada, SEND, named).await;
    let sent = super::sent(&data["sendMessage"]);
    let events = chats.events(&ada, &sent.stream, 0).await;
    let end = &events[events.len() - 1];
    assert_eq!(
        (&end["reason"], &end["error"]["code"]),
        (&json!("FAILED"), &json!("NOT_FOUND"))
    );
    assert!(chats.provider.asked().is_empty());
}
