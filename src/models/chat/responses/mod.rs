//! `POST /responses`, as OpenAI speaks it where its own tools are wanted: they are not among `/chat/completions`.

mod answer;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::{
    ChatMessage, ChatRequest, ChatRole, Endpoint, Part, ProviderTool, ReasoningEffort,
    openai::{OpenAi, authorized, data_url, effort_name},
    wire::{Reader, Wire, address},
};
use answer::Answer;

/// The last step of the address.
pub(super) const PATH: &str = "responses";
/// What begins the signature of a thought: its key follows, a colon, and what OpenAI knows it by.
const THOUGHT: &str = "openai:";

/// OpenAI's way of speaking, with tools of its own.
pub(super) struct Responses;

impl Wire for Responses {
    fn ask(
        &self,
        client: &Client,
        endpoint: &Endpoint,
        model: &str,
        request: &ChatRequest,
    ) -> RequestBuilder {
        let request = client
            .post(address(endpoint, PATH))
            .json(&body(model, request));
        authorized(request, endpoint)
    }

    fn check_key(&self, client: &Client, endpoint: &Endpoint) -> RequestBuilder {
        OpenAi.check_key(client, endpoint)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Answer::default())
    }
}

/// It has no way to name texts before which the answer ends.
fn body(model: &str, request: &ChatRequest) -> Value {
    let mut input = Vec::new();
    request
        .messages
        .iter()
        .for_each(|said| push(&mut input, said));
    // What is asked stays nowhere: a conversation is sent whole each time.
    let mut body = json!({"model": model, "input": input, "stream": true, "store": false});
    let mut set = |name: &str, value: Value| body[name] = value;
    if let Some(system) = &request.system {
        set("instructions", system.as_str().into());
    }
    if let Some(max) = request.max_output_tokens {
        set("max_output_tokens", max.into());
    }
    match request.reasoning {
        Some(effort) => {
            // The least of efforts goes with no tool of its own.
            let effort = match effort {
                ReasoningEffort::Minimal => ReasoningEffort::Low,
                effort => effort,
            };
            set(
                "reasoning",
                json!({"effort": effort_name(effort), "summary": "auto"}),
            );
        }
        // Models that think take neither.
        None => {
            if let Some(temperature) = request.temperature {
                set("temperature", temperature.into());
            }
            if let Some(top_p) = request.top_p {
                set("top_p", top_p.into());
            }
        }
    }
    if let Some(schema) = &request.schema {
        let format = json!({"type": "json_schema", "name": "answer", "schema": schema});
        set("text", json!({ "format": format }));
    }
    let include = include(request);
    if !include.is_empty() {
        set("include", json!(include));
    }
    let tools = tools(request);
    if !tools.is_empty() {
        set("tools", tools.into());
    }
    body
}

/// What is told beside the answer alone where it is asked for.
fn include(request: &ChatRequest) -> Vec<&'static str> {
    let mut include = Vec::new();
    // Models that do not think refuse this.
    if request.reasoning.is_some() {
        include.push("reasoning.encrypted_content");
    }
    if request
        .provider_tools
        .contains(&ProviderTool::CodeExecution)
    {
        include.push("code_interpreter_call.outputs");
    }
    include
}

fn tools(request: &ChatRequest) -> Vec<Value> {
    // Without a word every schema is a strict one, which not all of them are.
    let own = request.tools.iter().map(|tool| {
        json!({"type": "function", "name": tool.name, "description": tool.description,
            "parameters": tool.parameters, "strict": false})
    });
    let of_provider = request.provider_tools.iter().filter_map(|tool| match tool {
        ProviderTool::WebSearch => Some(json!({"type": "web_search"})),
        ProviderTool::CodeExecution => {
            Some(json!({"type": "code_interpreter", "container": {"type": "auto"}}))
        }
        // Its search opens pages; there is no tool for pages alone.
        ProviderTool::UrlContext => None,
    });
    own.chain(of_provider).collect()
}

/// What a message says, as items: calls, their results and thoughts are each one of their own.
fn push(input: &mut Vec<Value>, said: &ChatMessage) {
    let mut content = Vec::new();
    for part in &said.parts {
        match part {
            Part::Text(text) if said.role == ChatRole::Assistant => {
                input.push(json!({"role": "assistant", "content": text}));
            }
            Part::Text(text) => content.push(json!({"type": "input_text", "text": text})),
            Part::Image { media_type, data } => content.push(
                json!({"type": "input_image", "detail": "auto", "image_url": data_url(media_type, data)}),
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
            } => input.push(json!({"type": "function_call", "call_id": id, "name": name,
                "arguments": arguments.to_string()})),
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
                input.push(json!({"type": "function_call_output", "call_id": id, "output": told}));
            }
            Part::Reasoning { signature, .. } => {
                input.extend(signature.as_deref().and_then(thought));
            }
        }
    }
    if !content.is_empty() {
        input.push(json!({"role": "user", "content": content}));
    }
}

/// Texts are sent as such, for all models read them.
fn file(media_type: &str, name: &str, data: &[u8]) -> Value {
    match std::str::from_utf8(data) {
        Ok(content) if media_type != "application/pdf" => {
            json!({"type": "input_text", "text": format!("File {name}:\n{content}")})
        }
        _ => {
            json!({"type": "input_file", "filename": name, "file_data": data_url(media_type, data)})
        }
    }
}

/// A thought by its signature; none where another provider gave it.
fn thought(signature: &str) -> Option<Value> {
    let (id, encrypted) = signature.strip_prefix(THOUGHT)?.split_once(':')?;
    Some(json!({"type": "reasoning", "id": id, "summary": [], "encrypted_content": encrypted}))
}
