//! `POST /chat/completions`, as OpenAI, Ollama, vLLM, LM Studio, OpenRouter and many others speak it.

use std::collections::{BTreeMap, VecDeque};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::{
    ChatEvent, ChatMessage, ChatRequest, ChatRole, EndReason, Endpoint, Part, ReasoningEffort,
    Usage,
    wire::{Fault, Reader, Wire, address, arguments, parse, reported, text},
};
use crate::config::ModelProvider;

/// OpenAI's way of speaking.
pub(super) struct OpenAi;

impl Wire for OpenAi {
    fn ask(
        &self,
        client: &Client,
        endpoint: &Endpoint,
        model: &str,
        request: &ChatRequest,
    ) -> RequestBuilder {
        let request = client
            .post(address(endpoint, "chat/completions"))
            .json(&body(endpoint.provider, model, request));
        authorized(request, endpoint)
    }

    fn check_key(&self, client: &Client, endpoint: &Endpoint) -> RequestBuilder {
        authorized(client.get(address(endpoint, "models")), endpoint)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Answer::default())
    }
}

/// With the key, where there is one.
pub(super) fn authorized(request: RequestBuilder, endpoint: &Endpoint) -> RequestBuilder {
    match &endpoint.key {
        Some(key) => request.bearer_auth(key.expose()),
        None => request,
    }
}

fn body(provider: ModelProvider, model: &str, request: &ChatRequest) -> Value {
    let mut messages = Vec::new();
    if let Some(system) = &request.system {
        messages.push(json!({"role": "system", "content": system}));
    }
    request
        .messages
        .iter()
        .for_each(|said| push(&mut messages, said));
    let mut body = json!({
        "model": model,
        "messages": messages,
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    let mut set = |name: &str, value: Value| body[name] = value;
    if let Some(temperature) = request.temperature {
        set("temperature", temperature.into());
    }
    if let Some(top_p) = request.top_p {
        set("top_p", top_p.into());
    }
    if let Some(max) = request.max_output_tokens {
        // OpenAI's reasoning models refuse the old name, other servers do not know the new one.
        let name = match provider {
            ModelProvider::OpenAi => "max_completion_tokens",
            _ => "max_tokens",
        };
        set(name, max.into());
    }
    if let Some(effort) = request.reasoning {
        set("reasoning_effort", effort_name(effort).into());
    }
    if let Some(schema) = &request.schema {
        let format =
            json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}});
        set("response_format", format);
    }
    if !request.stop.is_empty() {
        set("stop", json!(request.stop));
    }
    let tools: Vec<Value> = request
        .tools
        .iter()
        .map(|tool| {
            json!({"type": "function", "function": {
                "name": tool.name, "description": tool.description, "parameters": tool.parameters}})
        })
        .collect();
    if !tools.is_empty() {
        set("tools", tools.into());
    }
    body
}

/// The name of an effort, as OpenAI and Anthropic have it.
pub(super) fn effort_name(effort: ReasoningEffort) -> &'static str {
    match effort {
        ReasoningEffort::Minimal => "minimal",
        ReasoningEffort::Low => "low",
        ReasoningEffort::Medium => "medium",
        ReasoningEffort::High => "high",
    }
}

/// A file as an address that holds it.
pub(super) fn data_url(media_type: &str, data: &[u8]) -> String {
    format!("data:{media_type};base64,{}", BASE64_STANDARD.encode(data))
}

/// A message; each result of a tool is one of its own.
fn push(messages: &mut Vec<Value>, said: &ChatMessage) {
    let (mut content, mut calls) = (Vec::new(), Vec::new());
    for part in &said.parts {
        match part {
            Part::Text(text) => content.push(json!({"type": "text", "text": text})),
            Part::Image { media_type, data } => content.push(
                json!({"type": "image_url", "image_url": {"url": data_url(media_type, data)}}),
            ),
            Part::File {
                media_type,
                name,
                data,
            } => content.push(file(media_type, name, data)),
            Part::ToolCall {
                id,
                name,
                arguments,
            } => calls.push(json!({"id": id, "type": "function",
                "function": {"name": name, "arguments": arguments.to_string()}})),
            Part::ToolResult {
                id,
                content,
                is_error,
                ..
            } => {
                let told = match is_error {
                    true => format!("Error: {content}"),
                    false => content.clone(),
                };
                messages.push(json!({"role": "tool", "tool_call_id": id, "content": told}));
            }
            // Nobody who speaks this protocol takes thoughts back.
            Part::Reasoning { .. } => {}
        }
    }
    if content.is_empty() && calls.is_empty() {
        return;
    }
    let role = match said.role {
        ChatRole::Assistant => "assistant",
        ChatRole::User | ChatRole::Tool => "user",
    };
    // Many servers take nothing but text as a string.
    let content = match content.as_slice() {
        [] => Value::Null,
        [only] if only["type"] == "text" => only["text"].clone(),
        _ => content.into(),
    };
    let mut message = json!({"role": role, "content": content});
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    messages.push(message);
}

/// Texts are sent as such, for all models read them.
fn file(media_type: &str, name: &str, data: &[u8]) -> Value {
    match std::str::from_utf8(data) {
        Ok(content) if media_type != "application/pdf" => {
            json!({"type": "text", "text": format!("File {name}:\n{content}")})
        }
        _ => json!({"type": "file",
            "file": {"filename": name, "file_data": data_url(media_type, data)}}),
    }
}

/// Calls whose arguments come in pieces, an end that is known before the tokens are.
#[derive(Default)]
struct Answer {
    calls: BTreeMap<u64, Call>,
    end: Option<EndReason>,
    usage: Option<Usage>,
    is_done: bool,
}

#[derive(Default)]
struct Call {
    id: String,
    name: String,
    arguments: String,
}

impl Reader for Answer {
    fn read(&mut self, data: &str, events: &mut VecDeque<ChatEvent>) -> Result<(), Fault> {
        if data.trim() == "[DONE]" {
            self.finish(events);
            return Ok(());
        }
        let chunk = parse(data)?;
        if chunk["error"].is_object() {
            return Err(reported(&chunk["error"]));
        }
        if chunk["usage"].is_object() {
            self.usage = Some(usage(&chunk["usage"]));
        }
        let choice = &chunk["choices"][0];
        let delta = &choice["delta"];
        if let Some(more) = text(&delta["reasoning_content"]).or_else(|| text(&delta["reasoning"]))
        {
            events.push_back(ChatEvent::Reasoning {
                text: more.to_owned(),
                signature: None,
            });
        }
        if let Some(more) = text(&delta["content"]).or_else(|| text(&delta["refusal"])) {
            events.push_back(ChatEvent::Text(more.to_owned()));
        }
        for annotation in delta["annotations"].as_array().into_iter().flatten() {
            let citation = &annotation["url_citation"];
            if let Some(url) = text(&citation["url"]) {
                events.push_back(ChatEvent::Source {
                    url: url.to_owned(),
                    title: text(&citation["title"]).map(str::to_owned),
                });
            }
        }
        self.collect(&delta["tool_calls"]);
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.end = Some(self.end_reason(reason, !delta["refusal"].is_null()));
            self.emit_calls(events)?;
        }
        Ok(())
    }

    fn end(&mut self, events: &mut VecDeque<ChatEvent>) -> bool {
        if self.end.is_some() {
            self.finish(events);
        }
        self.is_done
    }
}

impl Answer {
    fn collect(&mut self, calls: &Value) {
        for (place, piece) in calls.as_array().into_iter().flatten().enumerate() {
            let index = piece["index"].as_u64().unwrap_or(place as u64);
            let call = self.calls.entry(index).or_default();
            if let Some(id) = text(&piece["id"]) {
                call.id = id.to_owned();
            }
            let function = &piece["function"];
            if let Some(name) = text(&function["name"]) {
                call.name = name.to_owned();
            }
            match &function["arguments"] {
                Value::String(more) => call.arguments.push_str(more),
                // Some servers send the object itself.
                whole @ Value::Object(_) => call.arguments = whole.to_string(),
                _ => {}
            }
        }
    }

    fn end_reason(&self, reason: &str, refused: bool) -> EndReason {
        match reason {
            _ if !self.calls.is_empty() => EndReason::ToolCalls,
            "length" => EndReason::Length,
            "content_filter" => EndReason::Refused,
            _ if refused => EndReason::Refused,
            _ => EndReason::Stop,
        }
    }

    fn emit_calls(&mut self, events: &mut VecDeque<ChatEvent>) -> Result<(), Fault> {
        for (index, call) in std::mem::take(&mut self.calls) {
            if call.name.is_empty() {
                return Err(Fault::Shape("a call of a tool without a name"));
            }
            let id = match call.id.is_empty() {
                true => format!("call_{index}"),
                false => call.id,
            };
            events.push_back(ChatEvent::ToolCall {
                id,
                name: call.name,
                arguments: arguments(&call.arguments),
            });
        }
        Ok(())
    }

    /// The tokens come after the reason of the end, so both are told when the stream is over.
    fn finish(&mut self, events: &mut VecDeque<ChatEvent>) {
        if self.is_done {
            return;
        }
        let Some(end) = self.end else { return };
        self.is_done = true;
        events.extend(self.usage.map(ChatEvent::Usage));
        events.push_back(ChatEvent::End(end));
    }
}

fn usage(said: &Value) -> Usage {
    Usage {
        input_tokens: said["prompt_tokens"].as_u64(),
        output_tokens: said["completion_tokens"].as_u64(),
        cached_tokens: said["prompt_tokens_details"]["cached_tokens"].as_u64(),
        reasoning_tokens: said["completion_tokens_details"]["reasoning_tokens"].as_u64(),
        estimated: false,
    }
}
