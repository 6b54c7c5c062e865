//! Chats: asked over HTTP with real tokens, answered by a provider of the test's own, followed over server-sent events.

mod agents;
mod answers;
mod attachments;
mod branches;
mod faults;
mod kills;
mod limits;
mod provider;
mod provider_tools;
mod repositories;
mod streams;

use std::time::Duration;

use mindloom::auth::{Caller, Role, TokenContents, mint};
use reqwest::header;
use serde_json::{Value, json};

use crate::support::{
    TestDb,
    server::{RunningServer, SECRET},
};
use provider::Provider;

/// A server with a provider.
pub struct Chats {
    pub test: TestDb,
    pub server: RunningServer,
    pub provider: Provider,
    client: reqwest::Client,
}

/// What `sendMessage` gave.
pub struct Sent {
    pub chat: String,
    pub question: String,
    pub answer: String,
    pub stream: String,
}

impl Chats {
    pub async fn new(provider: Provider) -> Self {
        let test = TestDb::new().await;
        without_limits(&test).await;
        let server = serve(&test, &provider, &[]).await;
        Self::over(test, server, provider)
    }

    /// A server that was started otherwise.
    pub fn over(test: TestDb, server: RunningServer, provider: Provider) -> Self {
        Chats {
            test,
            server,
            provider,
            client: reqwest::Client::new(),
        }
    }

    /// Another server on the same database.
    pub async fn another(&self) -> RunningServer {
        serve(&self.test, &self.provider, &[]).await
    }

    /// Asks this server.
    pub async fn ask(&self, who: &Caller, query: &str, variables: Value) -> Value {
        ask(&self.client, &self.server, who, query, variables).await
    }

    /// The data of an answer without errors.
    pub async fn data(&self, who: &Caller, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(who, query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}: {answer}");
        answer["data"].take()
    }

    /// The code of the first error.
    pub async fn code(&self, who: &Caller, query: &str, variables: Value) -> String {
        let answer = self.ask(who, query, variables).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no error: {answer}"))
            .to_owned()
    }

    /// Says something, in a new chat without one.
    pub async fn send(&self, who: &Caller, chat: Option<&str>, text: &str) -> Sent {
        let variables = json!({"chat": chat, "parts": [{"type": "text", "text": text}]});
        let data = self.data(who, SEND, variables).await;
        sent(&data["sendMessage"])
    }

    /// All events of a stream after one, over server-sent events.
    pub async fn events(&self, who: &Caller, stream: &str, after: i64) -> Vec<Value> {
        let mut follower = self.follow(&self.server, who, stream, after).await;
        let mut events = Vec::new();
        while let Some(event) = follower.next().await {
            events.push(event);
        }
        events
    }

    /// Follows a stream at a server.
    pub async fn follow(
        &self,
        server: &RunningServer,
        who: &Caller,
        stream: &str,
        after: i64,
    ) -> Follower {
        Follower::open(&self.client, server, who, stream, after).await
    }

    /// The parts of a message.
    pub async fn parts(&self, who: &Caller, message: &str) -> Value {
        let query = "query ($id: UUID!) { message(id: $id) { parts } }";
        self.data(who, query, json!({"id": message})).await["message"]["parts"].take()
    }

    /// Waits until a query for one text gives it.
    pub async fn until(&self, sql: &str, wanted: &str) {
        let began = std::time::Instant::now();
        loop {
            let found = self.test.value(sql).await;
            if found.as_deref() == Some(wanted) {
                return;
            }
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "{sql}: {found:?}, not {wanted}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

pub const SEND: &str = r#"mutation ($chat: UUID, $parts: JSON!, $options: AnswerOptions = {model: "gpt-4o"}) {
    sendMessage(chatId: $chat, parts: $parts, options: $options) {
      chat { id title } question { id parts parentId } answer { id parts } stream { id status } streamId } }"#;

pub fn sent(started: &Value) -> Sent {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    assert_eq!(started["stream"]["id"], started["streamId"], "{started}");
    Sent {
        chat: text(&started["chat"]["id"]),
        question: text(&started["question"]["id"]),
        answer: text(&started["answer"]["id"]),
        stream: text(&started["streamId"]),
    }
}

/// Tests ask more than people do.
pub async fn without_limits(test: &TestDb) {
    let sql = "update public.admin_config set config_data = config_data
        || '{\"rateLimit\": {\"perMinute\": 1000, \"perHour\": 1000, \"perDay\": 1000}}' where config_key ~ '_agent_';
        update public.api_providers set max_requests_per_minute = 10000, max_requests_per_day = 10000";
    test.run_as_owner(sql).await.expect("limits are raised");
}

pub async fn serve(test: &TestDb, provider: &Provider, more: &[&str]) -> RunningServer {
    let mut flags = vec![
        "--openai-api-key",
        "sk-test-of-the-server",
        "--openai-base-url",
        &provider.url,
    ];
    flags.extend(more);
    RunningServer::start(&test.db, &flags).await
}

pub fn token(who: &Caller) -> String {
    let contents = TokenContents {
        role: Role::Authenticated,
        user_id: who.user_id,
        admin: who.is_admin(),
        lifetime: Duration::from_secs(600),
    };
    mint(&contents, SECRET.as_bytes(), "mindloom", "authenticated").expect("a token")
}

pub async fn ask(
    client: &reqwest::Client,
    server: &RunningServer,
    who: &Caller,
    query: &str,
    variables: Value,
) -> Value {
    let response = client
        .post(format!("http://{}/graphql", server.address))
        .bearer_auth(token(who))
        .json(&json!({"query": query, "variables": variables}))
        .send()
        .await
        .expect("an answer");
    let text = response.text().await.expect("a body");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}

const FOLLOW: &str = "subscription ($stream: UUID!, $after: Int!) { chatStream(streamId: $stream, after: $after) {
    offset kind text toolCallId toolName input output isError summary url title from reason
    usage { agent model provider inputTokens outputTokens estimated cost } error { code message } } }";

/// Reads a stream over server-sent events.
pub struct Follower {
    response: reqwest::Response,
    text: String,
    /// What the stream ended with, where that was an error.
    pub refused: Option<Value>,
}

impl Follower {
    pub async fn open(
        client: &reqwest::Client,
        server: &RunningServer,
        who: &Caller,
        stream: &str,
        after: i64,
    ) -> Self {
        let place = server.address.to_string();
        let follower = Self::at(client, &place, who, stream, after).await;
        follower.expect("an answer")
    }

    /// The same at an address; nothing where nobody answers.
    pub async fn at(
        client: &reqwest::Client,
        place: &str,
        who: &Caller,
        stream: &str,
        after: i64,
    ) -> Option<Self> {
        let response = client
            .post(format!("http://{place}/graphql"))
            .bearer_auth(token(who))
            .header(header::ACCEPT, "text/event-stream")
            .json(&json!({"query": FOLLOW, "variables": {"stream": stream, "after": after}}))
            .send()
            .await
            .ok()?;
        assert_eq!(response.status(), 200);
        Some(Follower {
            response,
            text: String::new(),
            refused: None,
        })
    }

    /// The next event; nothing at the end.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let Some(mut data) = data.and_then(|data| serde_json::from_str::<Value>(data).ok())
                else {
                    continue;
                };
                if !data["errors"].is_null() {
                    self.refused = Some(data["errors"][0].take());
                    return None;
                }
                return Some(data["data"]["chatStream"].take());
            }
            let chunk = tokio::time::timeout(Duration::from_secs(30), self.response.chunk()).await;
            let chunk = chunk.expect("something in time").ok()??;
            self.text
                .push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }
}

/// The text that events make, as a client puts it together: what a restart takes back is taken back.
pub fn text_of(events: &[Value]) -> String {
    let mut kept: Vec<(i64, &str)> = Vec::new();
    for event in events {
        match event["kind"].as_str() {
            Some("TEXT") => kept.push((
                event["offset"].as_i64().expect("an offset"),
                event["text"].as_str().expect("a text"),
            )),
            Some("RESTART") => {
                let from = event["from"].as_i64().expect("an offset");
                kept.retain(|(offset, _)| *offset <= from);
            }
            _ => {}
        }
    }
    kept.into_iter().map(|(_, text)| text).collect()
}

/// The kinds of events in their order, each once where several follow each other.
pub fn kinds(events: &[Value]) -> Vec<&str> {
    let mut kinds: Vec<&str> = events
        .iter()
        .filter_map(|event| event["kind"].as_str())
        .collect();
    kinds.dedup();
    kinds
}

/// Every offset once, in order, from this one on.
pub fn assert_whole(events: &[Value], after: i64) {
    for (place, event) in (after + 1..).zip(events) {
        assert_eq!(event["offset"], place, "{event}");
    }
    assert_eq!(
        events.last().map(|event| &event["kind"]),
        Some(&json!("END"))
    );
}
