//! How often an agent may be asked: an answer is one use of it, however many steps it takes.

use serde_json::{Value, json};

use super::{
    Chats,
    provider::{Provider, Reply},
    serve, text_of,
};
use crate::support::TestDb;

const COUNTED: &str = "select coalesce(sum(request_count), 0)::text from public.rate_limit_tracking
    where agent_type = 'chat_model_agent' and limit_type = 'daily'";

/// With the limits of a new installation: the chat may be asked 10 times a minute.
async fn with_limits(provider: Provider) -> Chats {
    let test = TestDb::new().await;
    let server = serve(&test, &provider, &[]).await;
    Chats::over(test, server, provider)
}

/// How many tools were run since the person last said something.
fn results(request: &Value) -> usize {
    let messages = request["messages"].as_array().expect("messages");
    let said = messages.iter().rev();
    said.take_while(|message| message["role"] != "user")
        .filter(|message| message["role"] == "tool")
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_steps_of_an_answer_are_one_use_of_its_agent() {
    let provider = Provider::start(|request| match results(request) {
        _ if request["tools"].is_null() => Reply::text("A title"),
        3 => Reply::text("Found."),
        _ => Reply::call("s", "searchNotes", &json!({"query": "bread"})),
    })
    .await;
    let chats = with_limits(provider).await;
    let ada = chats.test.user("ada@example.org").await;
    let mut chat = None;
    for _ in 0..4 {
        let sent = chats.send(&ada, chat.as_deref(), "Search").await;
        let events = chats.events(&ada, &sent.stream, 0).await;
        assert_eq!(text_of(&events), "Found.", "{events:#?}");
        chat = Some(sent.chat);
    }
    let calls =
        "select count(*)::text from public.model_calls where agent_type = 'chat_model_agent'";
    assert_eq!(chats.test.value(calls).await.as_deref(), Some("16"));
    assert_eq!(chats.test.value(COUNTED).await.as_deref(), Some("4"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_provider_refuses_is_no_use_and_another_answer_is() {
    let refusing = Reply {
        status: Some(400),
        ..Reply::default()
    };
    let replies = vec![refusing, Reply::text("Hello"), Reply::text("Again")];
    let chats = with_limits(Provider::script(replies).await).await;
    let set = "update public.admin_config set config_data = config_data
        || '{\"rateLimit\": {\"perMinute\": 1, \"perHour\": 2, \"perDay\": 2}}' where config_key = 'chat_model_agent_openai'";
    chats.test.run_as_owner(set).await.expect("limits");
    let ada = chats.test.user("ada@example.org").await;
    let sent = chats.send(&ada, None, "Hello").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_eq!(events[events.len() - 1]["reason"], "FAILED", "{events:#?}");
    assert_eq!(chats.test.value(COUNTED).await.as_deref(), Some("0"));
    let sent = chats.send(&ada, Some(&sent.chat), "Hello").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_eq!(text_of(&events), "Hello", "{events:#?}");
    assert_eq!(chats.test.value(COUNTED).await.as_deref(), Some("1"));
    // A full window refuses, and a refusal is counted nowhere.
    let full = "update public.rate_limit_tracking set request_count = 2 where limit_type = 'daily'";
    chats.test.run_as_owner(full).await.expect("it is full");
    let sent = chats.send(&ada, Some(&sent.chat), "Hello").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    let end = &events[events.len() - 1];
    assert_eq!(end["error"]["code"], "RATE_LIMITED", "{events:#?}");
    assert_eq!(chats.test.value(COUNTED).await.as_deref(), Some("2"));
    let hourly = COUNTED.replace("daily", "hourly");
    assert_eq!(chats.test.value(&hourly).await.as_deref(), Some("1"));
}
