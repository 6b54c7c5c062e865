//! Each provider in its own words: what it is asked, what is made of its answers, wherever these are cut.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use mindloom::{
    config::{ModelProvider, SecretText},
    models::chat::{
        ChatClient, ChatError, ChatEvent, ChatMessage, ChatRequest, ChatRole, EndReason, Endpoint,
        Part, ProviderTool, Reach, ReasoningEffort, Tool, Usage,
    },
};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{
    shapes,
    wire::{Reply, WireServer},
};

pub(super) const KEY: &str = "sk-nobody-may-read-this";
pub(super) const SECRET: &str = "a prompt that nobody may read";

/// One for all tests: what it trusts takes a while to read. Each test has a server of its own, so that no connection is
/// another's.
static CLIENT: LazyLock<ChatClient> = LazyLock::new(|| ChatClient::new().expect("TLS"));

pub(super) fn endpoint(server: &WireServer, provider: ModelProvider) -> Endpoint {
    Endpoint {
        provider,
        base: server.url.parse().expect("an address"),
        key: Some(SecretText::new(KEY)),
        reach: Reach::Anywhere,
    }
}

pub(super) fn said(role: ChatRole, parts: Vec<Part>) -> ChatMessage {
    ChatMessage { role, parts }
}

pub(super) fn question() -> ChatRequest {
    ChatRequest {
        messages: vec![said(ChatRole::User, vec![Part::Text(SECRET.to_owned())])],
        ..ChatRequest::default()
    }
}

/// A request with everything in it.
pub(super) fn everything() -> ChatRequest {
    ChatRequest {
        system: Some("Be brief.".to_owned()),
        messages: vec![
            said(
                ChatRole::User,
                vec![
                    Part::Text("What is this?".to_owned()),
                    Part::Image {
                        media_type: "image/png".to_owned(),
                        data: Bytes::from_static(b"\x89PNG"),
                    },
                    Part::File {
                        media_type: "application/pdf".to_owned(),
                        name: "bread.pdf".to_owned(),
                        data: Bytes::from_static(b"%PDF-"),
                    },
                ],
            ),
            said(
                ChatRole::Assistant,
                vec![
                    Part::Reasoning {
                        text: "Let me see.".to_owned(),
                        signature: Some("c2ln".to_owned()),
                    },
                    Part::ToolCall {
                        id: "call_a".to_owned(),
                        name: "search".to_owned(),
                        arguments: json!({"q": "bread"}),
                    },
                ],
            ),
            said(
                ChatRole::Tool,
                vec![Part::ToolResult {
                    id: "call_a".to_owned(),
                    name: "search".to_owned(),
                    content: "flour".to_owned(),
                    is_error: false,
                }],
            ),
        ],
        tools: vec![Tool {
            name: "search".to_owned(),
            description: "Searches notes.".to_owned(),
            parameters: json!({"type": "object", "properties": {"q": {"type": "string"}}}),
        }],
        provider_tools: vec![ProviderTool::WebSearch],
        temperature: Some(0.5),
        top_p: Some(0.9),
        max_output_tokens: Some(9_000),
        reasoning: Some(ReasoningEffort::Low),
        schema: Some(json!({"type": "object"})),
        stop: vec!["END".to_owned()],
    }
}

/// Everything that comes, and what it ends with.
pub(super) async fn read(
    server: &WireServer,
    provider: ModelProvider,
    request: &ChatRequest,
) -> Result<Vec<ChatEvent>, ChatError> {
    let mut stream = CLIENT
        .ask(&endpoint(server, provider), "a-model", request)
        .await?;
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push(event?);
    }
    assert!(stream.next().await.is_none(), "nothing comes after the end");
    Ok(joined(events))
}

/// Texts that follow each other are one.
fn joined(events: Vec<ChatEvent>) -> Vec<ChatEvent> {
    let mut joined: Vec<ChatEvent> = Vec::new();
    for event in events {
        match (joined.last_mut(), &event) {
            (Some(ChatEvent::Text(text)), ChatEvent::Text(more)) => text.push_str(more),
            _ => joined.push(event),
        }
    }
    joined
}

pub(super) fn call(id: &str) -> ChatEvent {
    ChatEvent::ToolCall {
        id: id.to_owned(),
        name: "search".to_owned(),
        arguments: json!({"q": "bread"}),
    }
}

pub(super) fn thought(text: &str, signature: Option<&str>) -> ChatEvent {
    ChatEvent::Reasoning {
        text: text.to_owned(),
        signature: signature.map(str::to_owned),
    }
}

pub(super) fn source() -> ChatEvent {
    ChatEvent::Source {
        url: "https://example.org/bread".to_owned(),
        title: Some("Bread".to_owned()),
    }
}

pub(super) fn usage(input: u64, output: u64, cached: u64, reasoning: u64) -> ChatEvent {
    ChatEvent::Usage(Usage {
        input_tokens: Some(input),
        output_tokens: Some(output),
        cached_tokens: Some(cached),
        reasoning_tokens: Some(reasoning),
        estimated: false,
    })
}

pub(super) fn greeting() -> ChatEvent {
    ChatEvent::Text("Grüße, Ada 🙂".to_owned())
}

#[tokio::test]
async fn each_is_asked_in_its_own_words() {
    let server = WireServer::start().await;
    server.then(Reply::stream(&shapes::openai(&["x"], 1, 1)));
    // With tools of its own it is spoken to in another way (`responses`).
    let plain = ChatRequest {
        provider_tools: Vec::new(),
        ..everything()
    };
    read(&server, ModelProvider::OpenAi, &plain)
        .await
        .expect("an answer");
    server.then(Reply::stream(&shapes::anthropic("{}")));
    read(&server, ModelProvider::Anthropic, &everything())
        .await
        .expect("an answer");
    server.then(Reply::stream(&shapes::google()));
    read(&server, ModelProvider::Google, &everything())
        .await
        .expect("an answer");
    let asked = server.asked();
    let (openai, anthropic, google) = (&asked[0], &asked[1], &asked[2]);

    assert_eq!(openai.path, "/v1/chat/completions");
    assert_eq!(openai.header("authorization"), format!("Bearer {KEY}"));
    assert_eq!(
        openai.body,
        json!({"model": "a-model", "stream": true, "stream_options": {"include_usage": true},
            "temperature": 0.5, "top_p": 0.9, "max_completion_tokens": 9_000, "reasoning_effort": "low", "stop": ["END"],
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}},
            "tools": [{"type": "function", "function": {"name": "search", "description": "Searches notes.",
                "parameters": {"type": "object", "properties": {"q": {"type": "string"}}}}}],
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
                    {"type": "file", "file": {"filename": "bread.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}}]},
                {"role": "assistant", "content": null, "tool_calls": [{"id": "call_a", "type": "function",
                    "function": {"name": "search", "arguments": "{\"q\":\"bread\"}"}}]},
                {"role": "tool", "tool_call_id": "call_a", "content": "flour"}]})
    );

    assert_eq!(anthropic.path, "/v1/messages");
    assert_eq!(anthropic.header("x-api-key"), KEY);
    assert_eq!(anthropic.header("anthropic-version"), "2023-06-01");
    assert_eq!(
        anthropic.body,
        json!({"model": "a-model", "stream": true, "max_tokens": 9_000, "system": "Be brief.", "stop_sequences": ["END"],
            "thinking": {"type": "enabled", "budget_tokens": 1_125},
            "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
            "tools": [
                {"name": "search", "description": "Searches notes.",
                 "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}}},
                {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}],
            "messages": [
                {"role": "user", "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}},
                    {"type": "document", "title": "bread.pdf",
                     "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}}]},
                {"role": "assistant", "content": [
                    {"type": "thinking", "thinking": "Let me see.", "signature": "c2ln"},
                    {"type": "tool_use", "id": "call_a", "name": "search", "input": {"q": "bread"}}]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "call_a", "content": "flour", "is_error": false}]}]})
    );

    assert_eq!(
        google.path,
        "/v1/models/a-model:streamGenerateContent?alt=sse"
    );
    assert_eq!(google.header("x-goog-api-key"), KEY);
    assert_eq!(
        google.body,
        json!({"systemInstruction": {"parts": [{"text": "Be brief."}]},
            "generationConfig": {"temperature": 0.5, "topP": 0.9, "maxOutputTokens": 9_000, "stopSequences": ["END"],
                "responseMimeType": "application/json", "responseJsonSchema": {"type": "object"},
                "thinkingConfig": {"includeThoughts": true, "thinkingBudget": 1_024}},
            "tools": [
                {"functionDeclarations": [{"name": "search", "description": "Searches notes.",
                    "parametersJsonSchema": {"type": "object", "properties": {"q": {"type": "string"}}}}]},
                {"googleSearch": {}}],
            "contents": [
                {"role": "user", "parts": [
                    {"text": "What is this?"},
                    {"inlineData": {"mimeType": "image/png", "data": "iVBORw=="}},
                    {"inlineData": {"mimeType": "application/pdf", "data": "JVBERi0="}}]},
                {"role": "model", "parts": [
                    {"functionCall": {"id": "call_a", "name": "search", "args": {"q": "bread"}}, "thoughtSignature": "c2ln"}]},
                {"role": "user", "parts": [
                    {"functionResponse": {"id": "call_a", "name": "search", "response": {"output": "flour"}}}]}]})
    );
}

/// The answers of all providers, and what is to be made of them.
fn answers() -> Vec<(ModelProvider, String, Vec<ChatEvent>)> {
    let arguments = r#"{"q": "bread"}"#;
    vec![
        (
            ModelProvider::OpenAi,
            shapes::openai(&["Grü", "ße, ", "Ada 🙂"], 10, 5),
            vec![
                greeting(),
                usage(10, 5, 4, 2),
                ChatEvent::End(EndReason::Stop),
            ],
        ),
        (
            ModelProvider::Compatible,
            shapes::openai_calls(arguments),
            vec![
                thought("Which tool?", None),
                call("call_a"),
                ChatEvent::ToolCall {
                    id: "call_b".to_owned(),
                    name: "now".to_owned(),
                    arguments: json!({}),
                },
                usage(20, 9, 4, 2),
                ChatEvent::End(EndReason::ToolCalls),
            ],
        ),
        (
            ModelProvider::Anthropic,
            shapes::anthropic(arguments),
            vec![
                thought("Let me see.", None),
                thought("", Some("EqQBCg==")),
                source(),
                greeting(),
                call("toolu_1"),
                usage(115, 42, 100, 7),
                ChatEvent::End(EndReason::ToolCalls),
            ],
        ),
        (
            ModelProvider::Google,
            shapes::google(),
            vec![
                thought("Hm.", None),
                greeting(),
                source(),
                thought("", Some("c2ln")),
                call("call_of_google_0"),
                usage(15, 13, 2, 5),
                ChatEvent::End(EndReason::ToolCalls),
            ],
        ),
    ]
}

#[tokio::test]
async fn answers_are_the_same_wherever_they_are_cut() {
    let server = WireServer::start().await;
    for (provider, text, expected) in answers() {
        let bytes = text.as_bytes();
        for cut in 0..=bytes.len() {
            server.then(Reply::pieces([
                bytes[..cut].to_vec(),
                bytes[cut..].to_vec(),
            ]));
            let got = read(&server, provider, &question()).await;
            assert_eq!(
                got.expect("an answer"),
                expected,
                "{provider:?} cut at {cut}"
            );
        }
        server.then(Reply::pieces(bytes.chunks(1).map(<[u8]>::to_vec)));
        let got = read(&server, provider, &question()).await;
        assert_eq!(
            got.expect("an answer"),
            expected,
            "{provider:?} byte by byte"
        );
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_never_whole() {
    let server = WireServer::start().await;
    for (provider, text, expected) in answers() {
        let bytes = text.as_bytes();
        // At its last events the answer is whole for whoever needs no more: only what lies before them breaks it off.
        let last = match provider {
            ModelProvider::Google => text.find("finishReason").expect("an end"),
            ModelProvider::Anthropic => text.rfind("message_stop").expect("an end"),
            _ => text.find("\"finish_reason\":\"").expect("an end"),
        };
        for cut in (0..last).step_by(7) {
            for reply in [
                Reply::pieces([bytes[..cut].to_vec()]),
                Reply::pieces([bytes[..cut].to_vec()]).cut(),
            ] {
                server.then(reply);
                let got = read(&server, provider, &question()).await;
                let Err(error) = got else {
                    panic!("{provider:?} cut at {cut}: {got:?} instead of {expected:?}");
                };
                // What is no whole event is no JSON either.
                assert!(
                    matches!(error, ChatError::Unreachable(_) | ChatError::BadAnswer(_)),
                    "{error:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn broken_arguments_of_calls_are_handed_on_as_they_are() {
    let server = WireServer::start().await;
    for broken in [r#"{"q": "#, "[1, 2]", "\"text\"", "{} {}"] {
        for (provider, text) in [
            (ModelProvider::OpenAi, shapes::openai_calls(broken)),
            (ModelProvider::Anthropic, shapes::anthropic(broken)),
        ] {
            server.then(Reply::stream(&text));
            let events = read(&server, provider, &question()).await.expect(broken);
            let is_handed_on = events.iter().any(|event| {
                matches!(event, ChatEvent::ToolCall { arguments, .. } if *arguments == json!(broken))
            });
            assert!(is_handed_on, "{events:?}");
        }
    }
}

#[tokio::test]
async fn refusals_are_told_apart_and_repeat_nothing() {
    let server = WireServer::start().await;
    let openai = |code: &str| json!({"error": {"message": format!("You said: {SECRET} with {KEY}"), "type": "invalid_request_error", "code": code}});
    let anthropic = |kind: &str, said: &str| json!({"type": "error", "error": {"type": kind, "message": format!("{said} {SECRET}")}});
    let google = |status: &str, details: Value| json!({"error": {"code": 400, "message": SECRET, "status": status, "details": details}});
    let cases = [
        (
            ModelProvider::OpenAi,
            401,
            openai("invalid_api_key"),
            "key_refused",
        ),
        (
            ModelProvider::OpenAi,
            429,
            openai("insufficient_quota"),
            "key_refused",
        ),
        (
            ModelProvider::OpenAi,
            404,
            openai("model_not_found"),
            "unknown_model",
        ),
        (
            ModelProvider::OpenAi,
            400,
            openai("context_length_exceeded"),
            "context_too_long",
        ),
        (
            ModelProvider::OpenAi,
            400,
            openai("unsupported_value"),
            "refused",
        ),
        (
            ModelProvider::OpenAi,
            429,
            openai("rate_limit_exceeded"),
            "asked_to_wait",
        ),
        (
            ModelProvider::OpenAi,
            500,
            openai("server_error"),
            "unreachable",
        ),
        (ModelProvider::OpenAi, 302, json!({}), "unreachable"),
        (
            ModelProvider::Anthropic,
            401,
            anthropic("authentication_error", ""),
            "key_refused",
        ),
        (
            ModelProvider::Anthropic,
            400,
            anthropic(
                "invalid_request_error",
                "prompt is too long: 250000 tokens > 200000 maximum",
            ),
            "context_too_long",
        ),
        (
            ModelProvider::Anthropic,
            529,
            anthropic("overloaded_error", ""),
            "asked_to_wait",
        ),
        (
            ModelProvider::Google,
            400,
            google(
                "INVALID_ARGUMENT",
                json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]),
            ),
            "key_refused",
        ),
        (
            ModelProvider::Google,
            429,
            google(
                "RESOURCE_EXHAUSTED",
                json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"}]),
            ),
            "asked_to_wait",
        ),
    ];
    for (provider, status, body, kind) in cases {
        server.then(Reply::status(status, &body).header("retry-after", "7"));
        let error = read(&server, provider, &question()).await.expect_err(kind);
        assert_eq!(error.kind(), kind, "{provider:?} {status} {error:?}");
        let told = format!("{error} {error:?}");
        assert!(!told.contains(SECRET) && !told.contains(KEY), "{told}");
        if let ChatError::Wait { wait, .. } = error {
            let seconds = if provider == ModelProvider::Google {
                34.5
            } else {
                7.0
            };
            assert!((wait.as_secs_f64() - seconds).abs() < 0.01, "{wait:?}");
        }
    }
}

#[tokio::test]
async fn an_error_in_the_middle_ends_the_answer() {
    use ModelProvider::{Anthropic, Google, OpenAi};
    let server = WireServer::start().await;
    let begun = shapes::openai_begun(&["Half"]);
    let openai = |code: &str| {
        let error = json!({"error": {"message": SECRET, "code": code}});
        format!("{begun}data: {error}\n\n")
    };
    let overloaded =
        json!({"type": "error", "error": {"type": "overloaded_error", "message": SECRET}});
    let unavailable = json!({"error": {"code": 503, "status": "UNAVAILABLE", "message": SECRET}});
    let no_json = format!("{begun}data: {SECRET}\n\n");
    for (provider, text, kind) in [
        (OpenAi, openai("server_error"), "unreachable"),
        (OpenAi, openai("rate_limit_exceeded"), "asked_to_wait"),
        (OpenAi, no_json, "bad_answer"),
        (
            Anthropic,
            format!("event: error\ndata: {overloaded}\n\n"),
            "asked_to_wait",
        ),
        (Google, format!("data: {unavailable}\n\n"), "asked_to_wait"),
    ] {
        server.then(Reply::stream(&text));
        let error = read(&server, provider, &question())
            .await
            .expect_err("an error");
        assert_eq!(error.kind(), kind, "{provider:?} {error:?}");
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }
}

#[tokio::test]
async fn what_was_said_before_a_silence_is_told_at_once_and_asking_can_end() {
    let server = WireServer::start().await;
    let over = Arc::new(Notify::new());
    server.then(Reply::stream(&shapes::openai_begun(&["Half"])).silent(&over));
    let endpoint = endpoint(&server, ModelProvider::OpenAi);
    let mut stream = CLIENT
        .ask(&endpoint, "gpt-4o", &question())
        .await
        .expect("an answer");
    assert_eq!(
        stream.next().await.expect("more").expect("a text"),
        ChatEvent::Text("Half".to_owned())
    );
    // Waiting can be given up and taken up again.
    for _ in 0..3 {
        let waited =
            tokio::time::timeout(std::time::Duration::from_millis(20), stream.next()).await;
        assert!(waited.is_err());
    }
    over.notify_one();
    let error = stream
        .next()
        .await
        .expect("an end")
        .expect_err("it broke off");
    assert_eq!(error.kind(), "unreachable");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn an_address_of_an_administrator_does_not_lead_into_the_own_network() {
    let server = WireServer::start().await;
    server.always(Reply::stream(&shapes::openai(&["x"], 1, 1)));
    let port = server.url.rsplit(':').next().expect("a port");
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
    ] {
        let closed = Endpoint {
            base: format!("http://{host}:{port}").parse().expect("an address"),
            reach: Reach::Public,
            ..endpoint(&server, ModelProvider::OpenAi)
        };
        assert!(
            CLIENT.ask(&closed, "gpt-4o", &question()).await.is_err(),
            "{host}"
        );
        assert!(CLIENT.check_key(&closed).await.is_err(), "{host}");
    }
    assert!(server.asked().is_empty());
}
