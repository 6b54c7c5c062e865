//! Answers as the providers' documentation shows them.

use serde_json::{Value, json};

fn events(list: &[Value]) -> String {
    list.iter()
        .map(|event| format!("data: {event}\n\n"))
        .collect()
}

fn named(list: &[Value]) -> String {
    let name = |event: &Value| event["type"].as_str().expect("a type").to_owned();
    list.iter()
        .map(|event| format!("event: {}\ndata: {event}\n\n", name(event)))
        .collect()
}

/// OpenAI's chunk.
pub fn chunk(delta: &Value, finish: Option<&str>) -> Value {
    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_694_268_190, "model": "gpt-4o",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], "usage": null})
}

fn openai_usage(input: u64, output: u64) -> Value {
    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_694_268_190, "model": "gpt-4o", "choices": [],
        "usage": {"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
          "prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens_details": {"reasoning_tokens": 2}}})
}

/// A text in pieces, with its tokens at the end.
pub fn openai(pieces: &[&str], input: u64, output: u64) -> String {
    let mut list = vec![chunk(&json!({"role": "assistant", "content": ""}), None)];
    list.extend(
        pieces
            .iter()
            .map(|piece| chunk(&json!({"content": piece}), None)),
    );
    list.push(chunk(&json!({}), Some("stop")));
    list.push(openai_usage(input, output));
    events(&list) + "data: [DONE]\n\n"
}

/// The same without tokens and without its end.
pub fn openai_begun(pieces: &[&str]) -> String {
    let list: Vec<Value> = pieces
        .iter()
        .map(|piece| chunk(&json!({"content": piece}), None))
        .collect();
    events(&list)
}

/// Two calls of tools, their arguments in pieces.
pub fn openai_calls(arguments: &str) -> String {
    let (begin, end) = arguments.split_at(arguments.len() / 2);
    let call = |index: u64, id: Value, name: Value, text: &str| json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": text}}]});
    events(&[
        chunk(
            &json!({"role": "assistant", "content": null, "reasoning_content": "Which tool?"}),
            None,
        ),
        chunk(&call(0, "call_a".into(), "search".into(), ""), None),
        chunk(&call(0, Value::Null, Value::Null, begin), None),
        chunk(&call(0, Value::Null, Value::Null, end), None),
        chunk(&call(1, "call_b".into(), "now".into(), ""), None),
        chunk(&json!({}), Some("tool_calls")),
        openai_usage(20, 9),
    ]) + "data: [DONE]\n\n"
}

/// A thought, a text, a search with its sources, and a call, as Anthropic streams them.
pub fn anthropic(arguments: &str) -> String {
    let (begin, end) = arguments.split_at(arguments.len() / 2);
    let delta = |index: u64, delta: Value| json!({"type": "content_block_delta", "index": index, "delta": delta});
    let stop = |index: u64| json!({"type": "content_block_stop", "index": index});
    named(&[
        json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "content": [],
            "model": "claude-3-5-sonnet-20241022", "stop_reason": null, "usage": {"input_tokens": 10,
            "cache_creation_input_tokens": 5, "cache_read_input_tokens": 100, "output_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}}),
        json!({"type": "ping"}),
        delta(
            0,
            json!({"type": "thinking_delta", "thinking": "Let me see."}),
        ),
        delta(
            0,
            json!({"type": "signature_delta", "signature": "EqQBCg=="}),
        ),
        stop(0),
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1",
            "content": [{"type": "web_search_result", "title": "Bread", "url": "https://example.org/bread", "encrypted_content": "x"}]}}),
        stop(1),
        json!({"type": "content_block_start", "index": 2, "content_block": {"type": "text", "text": ""}}),
        delta(2, json!({"type": "text_delta", "text": "Grüße, "})),
        delta(
            2,
            json!({"type": "citations_delta", "citation": {"type": "web_search_result_location",
            "url": "https://example.org/bread", "title": "Bread", "cited_text": "x", "encrypted_index": "y"}}),
        ),
        delta(2, json!({"type": "text_delta", "text": "Ada 🙂"})),
        stop(2),
        json!({"type": "content_block_start", "index": 3, "content_block": {"type": "tool_use", "id": "toolu_1", "name": "search", "input": {}}}),
        delta(3, json!({"type": "input_json_delta", "partial_json": ""})),
        delta(
            3,
            json!({"type": "input_json_delta", "partial_json": begin}),
        ),
        delta(3, json!({"type": "input_json_delta", "partial_json": end})),
        stop(3),
        json!({"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": null},
            "usage": {"output_tokens": 42, "output_tokens_details": {"thinking_tokens": 7}}}),
        json!({"type": "message_stop"}),
    ])
}

/// A thought, a text, a source, and a call with a signature, as Google streams them.
pub fn google() -> String {
    let usage = json!({"promptTokenCount": 12, "toolUsePromptTokenCount": 3, "candidatesTokenCount": 8, "thoughtsTokenCount": 5,
        "cachedContentTokenCount": 2, "totalTokenCount": 28});
    let piece = |parts: Value, more: Value| {
        let mut candidate = json!({"content": {"parts": parts, "role": "model"}, "index": 0});
        for (name, value) in more.as_object().expect("an object") {
            candidate[name] = value.clone();
        }
        json!({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-2.5-flash"})
    };
    [
        piece(json!([{"text": "Hm.", "thought": true}]), json!({})),
        piece(json!([{"text": "Grüße, "}]), json!({})),
        piece(json!([{"text": "Ada 🙂"}]), json!({"groundingMetadata": {"groundingChunks": [
            {"web": {"uri": "https://example.org/bread", "title": "Bread"}}]}})),
        piece(json!([{"functionCall": {"name": "search", "args": {"q": "bread"}}, "thoughtSignature": "c2ln"}]),
            json!({"finishReason": "STOP"})),
    ]
    .iter()
    .map(|event| format!("data: {event}\r\n\r\n"))
    .collect()
}

/// A plain text, as Google streams it.
pub fn google_text(text: &str) -> String {
    events(&[
        json!({"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 8, "totalTokenCount": 20}}),
    ])
}

/// A response in OpenAI's newer protocol, as its last event has it.
pub fn response(status: &str, more: &Value) -> Value {
    let mut response = json!({"id": "resp_1", "object": "response", "created_at": 1_741_290_958, "model": "gpt-5",
        "status": status, "error": null, "incomplete_details": null, "output": [], "store": false,
        "usage": {"input_tokens": 30, "input_tokens_details": {"cached_tokens": 6}, "output_tokens": 12,
            "output_tokens_details": {"reasoning_tokens": 5}, "total_tokens": 42}});
    for (name, value) in more.as_object().into_iter().flatten() {
        response[name] = value.clone();
    }
    response
}

/// Events of that protocol, numbered as it numbers them.
pub fn response_events(list: &[Value]) -> String {
    let numbered = list.iter().enumerate().map(|(number, event)| {
        let mut event = event.clone();
        event["sequence_number"] = number.into();
        event
    });
    named(&numbered.collect::<Vec<_>>())
}

/// A text in that protocol, whole.
pub fn response_text(pieces: &[&str]) -> String {
    let delta = |piece: &&str| {
        json!({"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0,
            "content_index": 0, "delta": piece})
    };
    let begin = json!({"type": "response.created", "response": response("in_progress", &json!({"usage": null}))});
    let end = json!({"type": "response.completed", "response": response("completed", &json!({}))});
    let all: Vec<Value> = [begin]
        .into_iter()
        .chain(pieces.iter().map(delta))
        .chain([end])
        .collect();
    response_events(&all)
}

/// A thought and a search that it led to, a thought and a cited text, code, and a call, as OpenAI streams them.
pub fn responses(arguments: &str) -> String {
    let (begin, end) = arguments.split_at(arguments.len() / 2);
    let item = |what: &str, index: u64, item: Value| json!({"type": format!("response.output_item.{what}"), "output_index": index, "item": item});
    let thought = |id: &str, encrypted: &str, summary: Value| json!({"type": "reasoning", "id": id, "summary": summary, "encrypted_content": encrypted});
    let text = |delta: &str| json!({"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 3, "content_index": 0, "delta": delta});
    let cited = |start: u64| {
        json!({"type": "response.output_text.annotation.added", "item_id": "msg_1", "output_index": 3, "content_index": 0,
            "annotation_index": 0, "annotation": {"type": "url_citation", "start_index": start, "end_index": start + 5,
            "url": "https://example.org/bread", "title": "Bread"}})
    };
    let arguments_delta = |delta: &str| json!({"type": "response.function_call_arguments.delta", "item_id": "fc_1", "output_index": 5, "delta": delta});
    let call = |arguments: &str| json!({"type": "function_call", "id": "fc_1", "call_id": "call_a", "name": "search", "arguments": arguments});
    let code = |code: &str, outputs: Value| json!({"type": "code_interpreter_call", "id": "ci_1", "container_id": "cntr_1", "code": code, "outputs": outputs});
    response_events(&[
        json!({"type": "response.created", "response": response("in_progress", &json!({"usage": null}))}),
        json!({"type": "response.in_progress", "response": response("in_progress", &json!({"usage": null}))}),
        item("added", 0, thought("rs_1", "gAA", json!([]))),
        json!({"type": "response.reasoning_summary_part.added", "item_id": "rs_1", "output_index": 0, "summary_index": 0,
            "part": {"type": "summary_text", "text": ""}}),
        json!({"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "output_index": 0, "summary_index": 0,
            "delta": "Let me see."}),
        json!({"type": "response.reasoning_summary_text.done", "item_id": "rs_1", "output_index": 0, "summary_index": 0,
            "text": "Let me see."}),
        item(
            "done",
            0,
            thought(
                "rs_1",
                "gAAAA",
                json!([{"type": "summary_text", "text": "Let me see."}]),
            ),
        ),
        item(
            "added",
            1,
            json!({"type": "web_search_call", "id": "ws_1", "status": "in_progress"}),
        ),
        json!({"type": "response.web_search_call.searching", "item_id": "ws_1", "output_index": 1}),
        item(
            "done",
            1,
            json!({"type": "web_search_call", "id": "ws_1", "status": "completed",
            "action": {"type": "open_page", "url": "https://example.org/opened"}}),
        ),
        item("added", 2, thought("rs_2", "gBB", json!([]))),
        item("done", 2, thought("rs_2", "gBBBB", json!([]))),
        item(
            "added",
            3,
            json!({"type": "message", "id": "msg_1", "role": "assistant", "status": "in_progress", "content": []}),
        ),
        json!({"type": "response.content_part.added", "item_id": "msg_1", "output_index": 3, "content_index": 0,
            "part": {"type": "output_text", "text": "", "annotations": []}}),
        text("Grüße, "),
        text("Ada 🙂"),
        cited(0),
        cited(7),
        json!({"type": "response.output_text.done", "item_id": "msg_1", "output_index": 3, "content_index": 0, "text": "Grüße, Ada 🙂"}),
        item(
            "done",
            3,
            json!({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": []}),
        ),
        item("added", 4, code("", Value::Null)),
        json!({"type": "response.code_interpreter_call_code.delta", "item_id": "ci_1", "output_index": 4, "delta": "print(1)"}),
        item(
            "done",
            4,
            code("print(1)", json!([{"type": "logs", "logs": "1"}])),
        ),
        item("added", 5, call("")),
        arguments_delta(begin),
        arguments_delta(end),
        json!({"type": "response.function_call_arguments.done", "item_id": "fc_1", "output_index": 5, "arguments": arguments}),
        item("done", 5, call(arguments)),
        json!({"type": "response.completed", "response": response("completed", &json!({}))}),
    ])
}
