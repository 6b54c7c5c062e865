//! `POST /messages`, as Anthropic speaks it.

use std::collections::{HashSet, VecDeque};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::{
    ChatEvent, ChatMessage, ChatRequest, ChatRole, EndReason, Endpoint, Part, ProviderTool,
    ReasoningEffort, Usage,
    openai::effort_name,
    wire::{Fault, Reader, Wire, address, arguments, parse, reported, text},
};

const VERSION: &str = "2023-06-01";
/// The protocol wants a number.
const OUTPUT_TOKENS_DEFAULT: u32 = 4_096;
/// The fewest tokens for thoughts that it takes.
const THINKING_MIN: u32 = 1_024;
/// Marks the signature of a thought that the provider hid: it goes back as it came.
const REDACTED: &str = "redacted:";
/// How often a tool of the provider may be used for one answer.
const TOOL_USES_MAX: u32 = 5;

/// Anthropic's way of speaking.
pub(super) struct Anthropic;

impl Wire for Anthropic {
    fn ask(
        &self,
        client: &Client,
        endpoint: &Endpoint,
        model: &str,
        request: &ChatRequest,
    ) -> RequestBuilder {
        let request = client
            .post(address(endpoint, "messages"))
            .json(&body(model, request));
        authorized(request, endpoint)
    }

    fn check_key(&self, client: &Client, endpoint: &Endpoint) -> RequestBuilder {
        authorized(client.get(address(endpoint, "models")), endpoint)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Answer::default())
    }
}

fn authorized(request: RequestBuilder, endpoint: &Endpoint) -> RequestBuilder {
    let request = request.header("anthropic-version", VERSION);
    match &endpoint.key {
        Some(key) => request.header("x-api-key", key.expose()),
        None => request,
    }
}

fn body(model: &str, request: &ChatRequest) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    for said in &request.messages {
        let (role, content) = message(said);
        if content.is_empty() {
            continue;
        }
        // Messages of one side that follow each other are one, as results of several tools have to be.
        match messages.last_mut() {
            Some(last) if last["role"] == role => {
                if let Some(parts) = last["content"].as_array_mut() {
                    parts.extend(content);
                }
            }
            _ => messages.push(json!({"role": role, "content": content})),
        }
    }
    let max = request.max_output_tokens.unwrap_or(OUTPUT_TOKENS_DEFAULT);
    let mut body = json!({"model": model, "messages": messages, "max_tokens": max, "stream": true});
    let mut set = |name: &str, value: Value| body[name] = value;
    if let Some(system) = &request.system {
        set("system", system.as_str().into());
    }
    let mut output = json!({});
    match request.reasoning {
        Some(effort) => {
            set("thinking", thinking(model, effort, max));
            if is_adaptive(model) {
                let effort = match effort {
                    ReasoningEffort::Minimal => ReasoningEffort::Low,
                    effort => effort,
                };
                output["effort"] = effort_name(effort).into();
            }
        }
        // Models that think take neither.
        None => {
            if let Some(temperature) = request.temperature {
                set("temperature", temperature.min(1.0).into());
            }
            if let Some(top_p) = request.top_p {
                set("top_p", top_p.into());
            }
        }
    }
    if let Some(schema) = &request.schema {
        output["format"] = json!({"type": "json_schema", "schema": schema});
    }
    if output != json!({}) {
        set("output_config", output);
    }
    if !request.stop.is_empty() {
        set("stop_sequences", json!(request.stop));
    }
    let tools = tools(request);
    if !tools.is_empty() {
        set("tools", tools.into());
    }
    body
}

/// Newer models decide themselves how long they think; older ones are given a number of tokens.
fn thinking(model: &str, effort: ReasoningEffort, max: u32) -> Value {
    if is_adaptive(model) {
        return json!({"type": "adaptive", "display": "summarized"});
    }
    let share = match effort {
        ReasoningEffort::Minimal => 16,
        ReasoningEffort::Low => 8,
        ReasoningEffort::Medium => 4,
        ReasoningEffort::High => 2,
    };
    let budget = (max / share).max(THINKING_MIN);
    // The tokens of thoughts are among those of the answer, which needs some too.
    match budget < max {
        true => json!({"type": "enabled", "budget_tokens": budget}),
        false => json!({"type": "disabled"}),
    }
}

/// Whether it is a model of 4.6 or later.
fn is_adaptive(model: &str) -> bool {
    let Some(rest) = model.strip_prefix("claude-") else {
        return false;
    };
    let numbers: Vec<u32> = rest
        .split('-')
        .filter_map(|part| part.parse().ok())
        .filter(|number| *number < 1_000)
        .collect();
    match (
        rest.starts_with(|c: char| c.is_ascii_digit()),
        numbers.as_slice(),
    ) {
        // `claude-3-5-sonnet` and its like.
        (true, _) => false,
        (_, [major, minor, ..]) => (*major, *minor) >= (4, 6),
        (_, [major]) => *major >= 5,
        (_, []) => rest.starts_with("mythos"),
    }
}

fn tools(request: &ChatRequest) -> Vec<Value> {
    let own = request.tools.iter().map(|tool| {
        json!({"name": tool.name, "description": tool.description, "input_schema": tool.parameters})
    });
    let of_provider = request.provider_tools.iter().map(|tool| match tool {
        ProviderTool::WebSearch => {
            json!({"type": "web_search_20250305", "name": "web_search", "max_uses": TOOL_USES_MAX})
        }
        ProviderTool::UrlContext => {
            json!({"type": "web_fetch_20250910", "name": "web_fetch", "max_uses": TOOL_USES_MAX})
        }
        ProviderTool::CodeExecution => {
            json!({"type": "code_execution_20250825", "name": "code_execution"})
        }
    });
    own.chain(of_provider).collect()
}

fn message(said: &ChatMessage) -> (&'static str, Vec<Value>) {
    let role = match said.role {
        ChatRole::Assistant => "assistant",
        ChatRole::User | ChatRole::Tool => "user",
    };
    (role, said.parts.iter().filter_map(block).collect())
}

fn block(part: &Part) -> Option<Value> {
    let base64 = |media_type: &str, data: &[u8]| json!({"type": "base64", "media_type": media_type, "data": BASE64_STANDARD.encode(data)});
    Some(match part {
        Part::Text(text) if text.trim().is_empty() => return None,
        Part::Text(text) => json!({"type": "text", "text": text}),
        Part::Reasoning { text, signature } => match signature.as_deref()? {
            hidden if hidden.starts_with(REDACTED) => {
                json!({"type": "redacted_thinking", "data": &hidden[REDACTED.len()..]})
            }
            signature => json!({"type": "thinking", "thinking": text, "signature": signature}),
        },
        Part::Image { media_type, data } => {
            json!({"type": "image", "source": base64(media_type, data)})
        }
        Part::File {
            media_type,
            name,
            data,
        } => match std::str::from_utf8(data) {
            Ok(content) if media_type != "application/pdf" => json!({"type": "document",
                "title": name, "source": {"type": "text", "media_type": "text/plain", "data": content}}),
            _ => {
                json!({"type": "document", "title": name, "source": base64(media_type, data)})
            }
        },
        Part::ToolCall {
            id,
            name,
            arguments,
        } => json!({"type": "tool_use", "id": id, "name": name, "input": arguments}),
        Part::ToolResult {
            id,
            content,
            is_error,
            ..
        } => {
            json!({"type": "tool_result", "tool_use_id": id, "content": content, "is_error": is_error})
        }
    })
}

/// The block that is being read, and what was used.
#[derive(Default)]
struct Answer {
    block: Block,
    told: HashSet<String>,
    input: InputTokens,
    usage: Usage,
    end: Option<EndReason>,
    is_done: bool,
}

#[derive(Default)]
enum Block {
    #[default]
    Other,
    ToolUse {
        id: String,
        name: String,
        arguments: String,
    },
}

/// Those read from the cache and those written to it are counted beside the others.
#[derive(Clone, Copy, Default)]
struct InputTokens {
    fresh: Option<u64>,
    cache_written: Option<u64>,
    cache_read: Option<u64>,
}

impl Reader for Answer {
    fn read(&mut self, data: &str, events: &mut VecDeque<ChatEvent>) -> Result<(), Fault> {
        let event = parse(data)?;
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => self.count(&event["message"]["usage"]),
            "content_block_start" => self.start(&event["content_block"], events),
            "content_block_delta" => self.more(&event["delta"], events),
            "content_block_stop" => {
                if let Block::ToolUse {
                    id,
                    name,
                    arguments: text,
                } = std::mem::take(&mut self.block)
                {
                    events.push_back(ChatEvent::ToolCall {
                        id,
                        name,
                        arguments: arguments(&text),
                    });
                }
            }
            "message_delta" => {
                self.count(&event["usage"]);
                if let Some(reason) = event["delta"]["stop_reason"].as_str() {
                    self.end = Some(end_reason(reason));
                }
            }
            "message_stop" => {
                let end = self.end.ok_or(Fault::Shape("an end without a reason"))?;
                self.is_done = true;
                events.push_back(ChatEvent::Usage(self.usage));
                events.push_back(ChatEvent::End(end));
            }
            "error" => return Err(reported(&event["error"])),
            // `ping`, and what later versions add.
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, _: &mut VecDeque<ChatEvent>) -> bool {
        self.is_done
    }
}

impl Answer {
    fn start(&mut self, block: &Value, events: &mut VecDeque<ChatEvent>) {
        match block["type"].as_str().unwrap_or_default() {
            "tool_use" => {
                let name = |field: &str| block[field].as_str().unwrap_or_default().to_owned();
                let arguments = match &block["input"] {
                    Value::Object(input) if !input.is_empty() => block["input"].to_string(),
                    _ => String::new(),
                };
                self.block = Block::ToolUse {
                    id: name("id"),
                    name: name("name"),
                    arguments,
                };
            }
            "text" => {
                if let Some(text) = text(&block["text"]) {
                    events.push_back(ChatEvent::Text(text.to_owned()));
                }
            }
            "redacted_thinking" => {
                let data = block["data"].as_str().unwrap_or_default();
                events.push_back(ChatEvent::Reasoning {
                    text: String::new(),
                    signature: Some(format!("{REDACTED}{data}")),
                });
            }
            "web_search_tool_result" => {
                for result in block["content"].as_array().into_iter().flatten() {
                    self.source(result, events);
                }
            }
            "web_fetch_tool_result" => self.source(&block["content"], events),
            _ => {}
        }
    }

    fn more(&mut self, delta: &Value, events: &mut VecDeque<ChatEvent>) {
        let said = |field: &str| text(&delta[field]).map(str::to_owned);
        match delta["type"].as_str().unwrap_or_default() {
            "text_delta" => events.extend(said("text").map(ChatEvent::Text)),
            "thinking_delta" => events.extend(said("thinking").map(|text| ChatEvent::Reasoning {
                text,
                signature: None,
            })),
            "signature_delta" => {
                events.extend(said("signature").map(|signature| ChatEvent::Reasoning {
                    text: String::new(),
                    signature: Some(signature),
                }));
            }
            "citations_delta" => self.source(&delta["citation"], events),
            "input_json_delta" => {
                if let (Block::ToolUse { arguments, .. }, Some(more)) =
                    (&mut self.block, said("partial_json"))
                {
                    arguments.push_str(&more);
                }
            }
            _ => {}
        }
    }

    /// Tells an address once.
    fn source(&mut self, place: &Value, events: &mut VecDeque<ChatEvent>) {
        if let Some(url) = text(&place["url"])
            && self.told.insert(url.to_owned())
        {
            events.push_back(ChatEvent::Source {
                url: url.to_owned(),
                title: text(&place["title"]).map(str::to_owned),
            });
        }
    }

    /// Each count is of the whole answer so far.
    fn count(&mut self, usage: &Value) {
        let input = &mut self.input;
        let newer = |field: &str, known: Option<u64>| usage[field].as_u64().or(known);
        input.fresh = newer("input_tokens", input.fresh);
        input.cache_written = newer("cache_creation_input_tokens", input.cache_written);
        input.cache_read = newer("cache_read_input_tokens", input.cache_read);
        let cache = input.cache_written.unwrap_or(0) + input.cache_read.unwrap_or(0);
        self.usage = Usage {
            input_tokens: input.fresh.map(|fresh| fresh + cache),
            output_tokens: newer("output_tokens", self.usage.output_tokens),
            cached_tokens: input.cache_read,
            reasoning_tokens: usage["output_tokens_details"]["thinking_tokens"]
                .as_u64()
                .or(self.usage.reasoning_tokens),
            estimated: false,
        };
    }
}

fn end_reason(reason: &str) -> EndReason {
    match reason {
        // A long turn of the provider's own tools is paused: there would be more.
        "max_tokens" | "model_context_window_exceeded" | "pause_turn" => EndReason::Length,
        "tool_use" => EndReason::ToolCalls,
        "refusal" => EndReason::Refused,
        _ => EndReason::Stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_decide_how_long_they_think_are_told_by_their_number() {
        for model in [
            "claude-opus-4-6",
            "claude-sonnet-5",
            "claude-opus-4-7-20260401",
            "claude-mythos-preview",
        ] {
            assert!(is_adaptive(model), "{model}");
        }
        for model in [
            "claude-3-5-sonnet-20241022",
            "claude-3-7-sonnet-20250219",
            "claude-sonnet-4-20250514",
            "claude-opus-4-5-20251101",
            "other",
        ] {
            assert!(!is_adaptive(model), "{model}");
        }
    }

    #[test]
    fn thoughts_leave_room_for_the_answer() {
        let thought = |max| thinking("claude-opus-4-5", ReasoningEffort::High, max);
        assert_eq!(thought(8_192)["budget_tokens"], 4_096);
        assert_eq!(thought(1_500)["budget_tokens"], 1_024);
        assert_eq!(thought(1_000)["type"], "disabled");
    }
}
