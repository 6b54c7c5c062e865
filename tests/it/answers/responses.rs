//! OpenAI with tools of its own: the Responses API, wherever its answers are cut, and what goes wrong in it.

use mindloom::{
    config::ModelProvider,
    error::Code,
    models::chat::{
        ChatError, ChatEvent, ChatMessage, ChatRequest, ChatRole, EndReason, Part, ProviderTool,
        ReasoningEffort,
    },
};
use serde_json::{Value, json};

use super::{
    adapters::{
        KEY, SECRET, call, everything, greeting, question as plain, read, source, thought, usage,
    },
    question, refused, served, shapes, value, whole,
    wire::{Reply, WireServer},
};

const LAST: &str = "select concat_ws(' ', outcome, error_type, input_tokens, output_tokens, cached_tokens,
    reasoning_tokens, is_estimated::text, (cost > 0)::text) from model_calls order by started_at desc, id desc limit 1";

/// A question that its own tools are for.
fn searching() -> ChatRequest {
    ChatRequest {
        provider_tools: vec![ProviderTool::WebSearch, ProviderTool::CodeExecution],
        ..plain()
    }
}

async fn ask(server: &WireServer, reply: Reply) -> Result<Vec<ChatEvent>, ChatError> {
    server.then(reply);
    read(server, ModelProvider::OpenAi, &searching()).await
}

#[tokio::test]
async fn it_is_asked_in_its_own_words() {
    let server = WireServer::start().await;
    let whole = shapes::response_text(&["x"]);
    server.then(Reply::stream(&whole));
    read(&server, ModelProvider::OpenAi, &everything())
        .await
        .expect("an answer");
    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/v1/responses");
    assert_eq!(asked.header("authorization"), format!("Bearer {KEY}"));
    // A thought of another provider's is not given back, and there is no way to say where the answer ends.
    assert_eq!(
        asked.body,
        json!({"model": "a-model", "stream": true, "store": false, "instructions": "Be brief.", "max_output_tokens": 9_000,
            "reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"],
            "text": {"format": {"type": "json_schema", "name": "answer", "schema": {"type": "object"}}},
            "tools": [
                {"type": "function", "name": "search", "description": "Searches notes.", "strict": false,
                 "parameters": {"type": "object", "properties": {"q": {"type": "string"}}}},
                {"type": "web_search"}],
            "input": [
                {"role": "user", "content": [
                    {"type": "input_text", "text": "What is this?"},
                    {"type": "input_image", "detail": "auto", "image_url": "data:image/png;base64,iVBORw=="},
                    {"type": "input_file", "filename": "bread.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}]},
                {"type": "function_call", "call_id": "call_a", "name": "search", "arguments": "{\"q\":\"bread\"}"},
                {"type": "function_call_output", "call_id": "call_a", "output": "flour"}]})
    );

    let said = |role, parts| ChatMessage { role, parts };
    let thought = Part::Reasoning {
        text: "Hm.".to_owned(),
        signature: Some("openai:rs_2:gBBBB".to_owned()),
    };
    let request = ChatRequest {
        messages: vec![
            said(ChatRole::User, vec![Part::Text("One".to_owned())]),
            said(
                ChatRole::Assistant,
                vec![thought, Part::Text("Two".to_owned())],
            ),
            said(ChatRole::User, vec![Part::Text("Three".to_owned())]),
        ],
        temperature: Some(0.5),
        reasoning: None,
        ..searching()
    };
    server.then(Reply::stream(&whole));
    read(&server, ModelProvider::OpenAi, &request)
        .await
        .expect("an answer");
    assert_eq!(
        server.asked()[1].body,
        json!({"model": "a-model", "stream": true, "store": false, "temperature": 0.5,
            "include": ["code_interpreter_call.outputs"],
            "tools": [{"type": "web_search"}, {"type": "code_interpreter", "container": {"type": "auto"}}],
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": "One"}]},
                {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "gBBBB"},
                {"role": "assistant", "content": "Two"},
                {"role": "user", "content": [{"type": "input_text", "text": "Three"}]}]})
    );

    // The least effort goes with none of its tools.
    let least = ChatRequest {
        reasoning: Some(ReasoningEffort::Minimal),
        ..searching()
    };
    server.then(Reply::stream(&whole));
    read(&server, ModelProvider::OpenAi, &least)
        .await
        .expect("an answer");
    assert_eq!(server.asked()[2].body["reasoning"]["effort"], "low");
}

/// What is to be made of the whole answer.
fn expected() -> Vec<ChatEvent> {
    let code = "\n```python\nprint(1)\n```\n\n```\n1\n```\n";
    vec![
        thought("Let me see.", None),
        // That of the thought which led to a search goes back to nobody.
        thought("", Some("openai:rs_2:gBBBB")),
        greeting(),
        source(),
        ChatEvent::Text(code.to_owned()),
        call("call_a"),
        ChatEvent::Source {
            url: "https://example.org/opened".to_owned(),
            title: None,
        },
        usage(30, 12, 6, 5),
        ChatEvent::End(EndReason::ToolCalls),
    ]
}

#[tokio::test]
async fn the_answer_is_the_same_wherever_it_is_cut() {
    let server = WireServer::start().await;
    let text = shapes::responses(r#"{"q": "bread"}"#);
    let bytes = text.as_bytes();
    for cut in 0..=bytes.len() {
        let pieces = [bytes[..cut].to_vec(), bytes[cut..].to_vec()];
        let got = ask(&server, Reply::pieces(pieces)).await;
        assert_eq!(got.expect("an answer"), expected(), "cut at {cut}");
    }
    let single = Reply::pieces(bytes.chunks(1).map(<[u8]>::to_vec));
    assert_eq!(ask(&server, single).await.expect("an answer"), expected());
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_never_whole() {
    let server = WireServer::start().await;
    let text = shapes::responses(r#"{"q": "bread"}"#);
    let last = text.rfind("event: response.completed").expect("an end");
    for cut in (0..last).step_by(11) {
        let piece = text.as_bytes()[..cut].to_vec();
        for reply in [
            Reply::pieces([piece.clone()]),
            Reply::pieces([piece.clone()]).cut(),
        ] {
            let got = ask(&server, reply).await;
            assert!(
                matches!(
                    got,
                    Err(ChatError::Unreachable(_) | ChatError::BadAnswer(_))
                ),
                "cut at {cut}: {got:?}"
            );
        }
    }
}

#[tokio::test]
async fn how_it_ends_is_told_apart() {
    let server = WireServer::start().await;
    let incomplete = |reason: &str| {
        let details = json!({"incomplete_details": {"reason": reason}});
        json!({"type": "response.incomplete", "response": shapes::response("incomplete", &details)})
    };
    let completed = json!({"type": "response.completed", "response": shapes::response("completed", &json!({}))});
    let no = json!({"type": "response.refusal.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0,
        "delta": "I cannot."});
    for (events, reason) in [
        (vec![incomplete("max_output_tokens")], EndReason::Length),
        (vec![incomplete("content_filter")], EndReason::Refused),
        (vec![no, completed.clone()], EndReason::Refused),
        (vec![completed], EndReason::Stop),
    ] {
        let reply = Reply::stream(&shapes::response_events(&events));
        let got = ask(&server, reply).await.expect("an answer");
        assert_eq!(got.last(), Some(&ChatEvent::End(reason)), "{events:?}");
        assert!(got.contains(&usage(30, 12, 6, 5)), "{got:?}");
    }
    for broken in [r#"{"q": "#, "[1, 2]"] {
        let got = ask(&server, Reply::stream(&shapes::responses(broken)))
            .await
            .expect("an answer");
        let is_handed_on = got.iter().any(|event| {
            matches!(event, ChatEvent::ToolCall { arguments, .. } if *arguments == json!(broken))
        });
        assert!(is_handed_on, "{got:?}");
    }
}

#[tokio::test]
async fn what_it_fails_with_in_the_middle_is_told_apart_and_repeats_nothing() {
    let server = WireServer::start().await;
    let failed = |code: &str| {
        let error = json!({"error": {"code": code, "message": format!("You said {SECRET}")}, "usage": null});
        json!({"type": "response.failed", "response": shapes::response("failed", &error)})
    };
    for (event, kind) in [
        (failed("server_error"), "unreachable"),
        (failed("context_length_exceeded"), "context_too_long"),
        (failed("insufficient_quota"), "key_refused"),
        (failed("invalid_prompt"), "refused"),
        (
            json!({"type": "error", "code": "server_error", "message": SECRET, "param": null}),
            "unreachable",
        ),
        (
            json!({"type": "error", "error": {"type": "invalid_request_error", "code": "context_length_exceeded", "message": SECRET}}),
            "context_too_long",
        ),
        (
            json!({"type": "response.output_item.done", "output_index": 0, "item": {"type": "function_call", "call_id": "a"}}),
            "bad_answer",
        ),
    ] {
        let reply = Reply::stream(&shapes::response_events(std::slice::from_ref(&event)));
        let error = ask(&server, reply).await.expect_err("an error");
        assert_eq!(error.kind(), kind, "{event}: {error:?}");
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }
    let reply = Reply::stream(&format!("data: {SECRET}\n\n"));
    let error = ask(&server, reply).await.expect_err("an error");
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
}

#[tokio::test]
async fn what_has_no_such_tools_says_so() {
    let server = WireServer::start().await;
    let refusal = |code: Value, param: &str| {
        let said = format!("Hosted tool 'web_search' is not supported with {SECRET}");
        json!({"error": {"message": said, "type": "invalid_request_error", "param": param, "code": code}})
    };
    for (status, body, kind, told) in [
        (
            400,
            refusal(Value::Null, "tools"),
            "refused",
            "none of the provider's own tools",
        ),
        (404, json!({}), "refused", "Responses API"),
        (
            405,
            json!({"detail": "Method Not Allowed"}),
            "refused",
            "Responses API",
        ),
        (
            404,
            refusal("model_not_found".into(), "model"),
            "unknown_model",
            "no model a-model",
        ),
        (
            401,
            refusal("invalid_api_key".into(), ""),
            "key_refused",
            "refuses the key",
        ),
    ] {
        let error = ask(&server, Reply::status(status, &body))
            .await
            .expect_err("a refusal");
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(error.to_string().contains(told), "{error}");
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }

    let api = served(&server, &[]).await;
    let (ada, root) = (
        api.test.user("ada@example.org").await,
        api.test.admin("root@example.org").await,
    );
    let own = r#"mutation { createModelConfig(input: {modelId: "llama3.2", name: "Llama", provider: COMPATIBLE, isDefault: true}) { id } }"#;
    api.data(&root, own, json!({})).await;
    let before = server.asked().len();
    for (provider, tools) in [
        ("compatible", vec![ProviderTool::WebSearch]),
        ("openai", vec![ProviderTool::UrlContext]),
    ] {
        let mut asked = question(&ada);
        asked.provider = Some(provider.to_owned());
        asked.request.provider_tools = tools;
        let error = refused(&api, asked).await;
        assert_eq!(error.code(), Code::BadUserInput, "{error}");
        assert!(error.message().contains("no tools of its own"), "{error}");
    }
    assert_eq!(server.asked().len(), before, "nothing was sent");
    let calls = value(&api, "select count(*) from model_calls").await;
    assert_eq!(calls, "0", "nothing was counted");
}

#[tokio::test]
async fn what_it_used_is_on_record_however_it_ends() {
    let server = WireServer::start().await;
    let api = served(&server, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let asked = || {
        let mut asked = question(&ada);
        // What it has is passed on, what it has not is left out.
        asked.request.provider_tools = vec![ProviderTool::WebSearch, ProviderTool::UrlContext];
        asked
    };
    server.then(Reply::stream(&shapes::response_text(&["Flour"])));
    whole(&api, asked()).await.expect("a record");
    assert_eq!(value(&api, LAST).await, "completed 30 12 6 5 false true");
    assert_eq!(
        server.asked()[0].body["tools"],
        json!([{"type": "web_search"}])
    );

    let text = shapes::response_text(&["Flour"]);
    let begun = text[..text.find("event: response.completed").expect("an end")].to_owned();
    server.then(Reply::stream(&begun).cut());
    whole(&api, asked()).await.expect("a record");
    let told = value(&api, LAST).await;
    assert!(told.starts_with("failed unreachable 10 "), "{told}");
    assert!(told.ends_with("true true"), "{told}");

    let error = json!({"error": {"code": "server_error", "message": "no"}});
    let failed = json!({"type": "response.failed", "response": shapes::response("failed", &error)});
    let reply = format!("{begun}{}", shapes::response_events(&[failed]));
    server.then(Reply::stream(&reply));
    whole(&api, asked()).await.expect("a record");
    let told = value(&api, LAST).await;
    assert!(told.starts_with("failed unreachable 30 12 6 5 "), "{told}");
}
