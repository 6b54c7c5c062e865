//! Tools of a provider's own: what OpenAI searches and runs for a chat, and who has no such tools.

use mindloom::auth::Caller;
use serde_json::{Value, json};

use super::{Follower, SEND, ask, assert_whole, kinds, sent, text_of, without_limits};
use crate::{
    answers::{
        shapes,
        wire::{Reply, WireServer},
    },
    support::{TestDb, server::RunningServer},
};

const KEY: &str = "sk-of-the-server-nobody-may-read";
/// Some of a call that hands work to the agent of tools.
const REQUEST: &str = r#"{"request": "What does bread cost today?"}"#;

/// People, a server, and OpenAI and a server of one's own as one provider.
struct Desk {
    test: TestDb,
    server: RunningServer,
    provider: WireServer,
    client: reqwest::Client,
}

impl Desk {
    async fn new() -> Self {
        let test = TestDb::new().await;
        without_limits(&test).await;
        let provider = WireServer::start().await;
        let flags = [
            "--openai-base-url",
            &provider.url,
            "--openai-api-key",
            KEY,
            "--compatible-base-url",
            &provider.url,
        ];
        let server = RunningServer::start(&test.db, &flags).await;
        Desk {
            test,
            server,
            provider,
            client: reqwest::Client::new(),
        }
    }

    /// Says something; gives what the stream told, and the answer's parts.
    async fn said(&self, who: &Caller, options: Value) -> (Vec<Value>, Value) {
        let variables = json!({"parts": [{"type": "text", "text": "What does bread cost?"}], "options": options});
        let answer = ask(&self.client, &self.server, who, SEND, variables).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        let sent = sent(&answer["data"]["sendMessage"]);
        let mut follower = Follower::open(&self.client, &self.server, who, &sent.stream, 0).await;
        let mut events = Vec::new();
        while let Some(event) = follower.next().await {
            events.push(event);
        }
        assert_whole(&events, 0);
        let read = "query ($id: UUID!) { message(id: $id) { parts } }";
        let id = json!({"id": sent.answer});
        let message = ask(&self.client, &self.server, who, read, id).await;
        (events, message["data"]["message"]["parts"].clone())
    }

    /// The paths that were asked, without those of titles.
    fn paths(&self) -> Vec<String> {
        let asked = self.provider.asked().into_iter();
        asked
            .filter(|asked| !asked.body.to_string().contains("You name conversations"))
            .map(|asked| asked.path)
            .collect()
    }
}

/// A call of the agent of tools, as the older protocol has it.
fn hands_over() -> Reply {
    let call = json!({"tool_calls": [{"index": 0, "id": "call_a", "type": "function",
        "function": {"name": "providerToolsAgent", "arguments": REQUEST}}]});
    let (call, end) = (
        shapes::chunk(&call, None),
        shapes::chunk(&json!({}), Some("tool_calls")),
    );
    Reply::stream(&format!("data: {call}\n\ndata: {end}\n\ndata: [DONE]\n\n"))
}

/// A cited text, with the character that PostgreSQL's texts cannot hold.
fn cited() -> Reply {
    let cite = json!({"type": "response.output_text.annotation.added", "item_id": "msg_1", "output_index": 0,
        "content_index": 0, "annotation_index": 0, "annotation": {"type": "url_citation", "start_index": 0, "end_index": 5,
        "url": "https://example.org/bread", "title": "Bre\0ad"}});
    let text = json!({"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0,
        "delta": "Two\0 euros."});
    let end = json!({"type": "response.completed", "response": shapes::response("completed", &json!({}))});
    Reply::stream(&shapes::response_events(&[text, cite, end]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openai_searches_for_who_asks_it_alone_and_for_a_chat() {
    let desk = Desk::new().await;
    let ada = desk.test.user("ada@example.org").await;
    desk.provider
        .always(Reply::stream(&shapes::openai(&["Bread"], 1, 1)));
    desk.provider.then(cited());
    let alone = json!({"model": "gpt-4o", "agent": "PROVIDER_TOOLS_AGENT"});
    let (events, parts) = desk.said(&ada, alone).await;
    assert_eq!(kinds(&events), ["STEP", "TEXT", "SOURCE", "USAGE", "END"]);
    assert_eq!(text_of(&events), "Two euros.");
    let source = &events[events.len() - 3];
    assert_eq!(
        (&source["url"], &source["title"]),
        (&json!("https://example.org/bread"), &json!("Bread"))
    );
    let used = &events[events.len() - 2]["usage"];
    assert_eq!(
        (&used["inputTokens"], &used["outputTokens"]),
        (&json!(30), &json!(12))
    );
    assert!(parts.to_string().contains("https://example.org/bread"));
    assert_eq!(desk.paths(), ["/v1/responses"]);
    let asked = &desk.provider.asked()[0].body;
    // Reading of pages is on, too, which OpenAI has no tool for.
    assert_eq!(
        asked["tools"],
        json!([{"type": "web_search"}, {"type": "code_interpreter", "container": {"type": "auto"}}])
    );
    assert_eq!(asked["store"], false);

    let titled = "select (count(*) > 0)::text from public.model_calls where purpose = 'title' and outcome = 'completed'";
    until(&desk, titled, "true").await;
    desk.provider
        .then(hands_over())
        .then(cited())
        .then(Reply::stream(&shapes::openai(
            &["It costs two euros."],
            5,
            5,
        )));
    let (events, _) = desk.said(&ada, json!({"model": "gpt-4o"})).await;
    let result = events
        .iter()
        .find(|event| event["kind"] == "TOOL_RESULT")
        .expect("a result");
    assert_eq!(
        result["output"],
        json!({"answer": "Two euros.", "sources": [{"url": "https://example.org/bread", "title": "Bread"}]}),
        "{events:#?}"
    );
    assert_eq!(text_of(&events), "It costs two euros.");
    let order = [
        "/v1/chat/completions",
        "/v1/responses",
        "/v1/chat/completions",
    ];
    assert_eq!(desk.paths()[1..], order);
    let told = &desk.provider.asked();
    let asked = told
        .iter()
        .rfind(|asked| asked.path == "/v1/responses")
        .expect("one");
    assert!(asked.body["input"].to_string().contains("today?"));
    let uses = "select string_agg(agent_type || ' ' || input_tokens, ', ' order by agent_type, input_tokens)
        from public.model_calls where agent_type = 'provider_tools_agent'";
    until(
        &desk,
        uses,
        "provider_tools_agent 30, provider_tools_agent 30",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_ones_own_has_no_such_tools_and_says_so() {
    let desk = Desk::new().await;
    let (ada, root) = (
        desk.test.user("ada@example.org").await,
        desk.test.admin("root@example.org").await,
    );
    let create = r#"mutation { createModelConfig(input: {modelId: "llama3.2", name: "Llama", provider: COMPATIBLE, isDefault: true}) { id } }"#;
    let made = ask(&desk.client, &desk.server, &root, create, json!({})).await;
    assert!(made.get("errors").is_none(), "{made}");
    let alone = json!({"model": "llama3.2", "agent": "PROVIDER_TOOLS_AGENT"});
    let (events, _) = desk.said(&ada, alone).await;
    let end = events.last().expect("an end");
    assert_eq!(
        (&end["reason"], &end["error"]["code"]),
        (&json!("FAILED"), &json!("BAD_USER_INPUT"))
    );
    let said = end["error"]["message"].as_str().unwrap_or_default();
    assert!(said.contains("has no tools of its own"), "{said}");
    assert!(desk.paths().is_empty(), "nothing was sent");

    // A chat is told, and answers without.
    desk.provider
        .always(Reply::stream(&shapes::openai(&["Bread"], 1, 1)));
    desk.provider
        .then(hands_over())
        .then(Reply::stream(&shapes::openai(
            &["I cannot look it up."],
            5,
            5,
        )));
    let (events, _) = desk.said(&ada, json!({"model": "llama3.2"})).await;
    let result = events
        .iter()
        .find(|event| event["kind"] == "TOOL_RESULT")
        .expect("a result");
    assert_eq!(result["isError"], true, "{events:#?}");
    assert!(result["output"].to_string().contains("no tools of its own"));
    assert_eq!(text_of(&events), "I cannot look it up.");
}

async fn until(desk: &Desk, sql: &str, wanted: &str) {
    let began = std::time::Instant::now();
    loop {
        let found = desk.test.value(sql).await;
        if found.as_deref() == Some(wanted) {
            return;
        }
        assert!(began.elapsed().as_secs() < 60, "{sql}: {found:?}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}
