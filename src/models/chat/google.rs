//! `POST /models/…:streamGenerateContent`, as Google's Gemini API speaks it.

use std::collections::{HashSet, VecDeque};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::{
    ChatEvent, ChatMessage, ChatRequest, ChatRole, EndReason, Endpoint, Part, ProviderTool,
    ReasoningEffort, Usage,
    wire::{Fault, Reader, Wire, address, parse, reported, text},
};

/// Marks the ids of calls that the provider gave none: they are not told to it.
const OWN_ID: &str = "call_of_google_";

/// Google's way of speaking.
pub(super) struct Google;

impl Wire for Google {
    fn ask(
        &self,
        client: &Client,
        endpoint: &Endpoint,
        model: &str,
        request: &ChatRequest,
    ) -> RequestBuilder {
        let path = format!("models/{model}:streamGenerateContent?alt=sse");
        let request = client
            .post(address(endpoint, &path))
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
    match &endpoint.key {
        Some(key) => request.header("x-goog-api-key", key.expose()),
        None => request,
    }
}

fn body(model: &str, request: &ChatRequest) -> Value {
    let contents: Vec<Value> = request
        .messages
        .iter()
        .filter_map(|said| {
            let parts = parts(said);
            let role = match said.role {
                ChatRole::Assistant => "model",
                ChatRole::User | ChatRole::Tool => "user",
            };
            (!parts.is_empty()).then(|| json!({"role": role, "parts": parts}))
        })
        .collect();
    let mut body = json!({"contents": contents, "generationConfig": config(model, request)});
    if let Some(system) = &request.system {
        body["systemInstruction"] = json!({"parts": [{"text": system}]});
    }
    let mut tools = Vec::new();
    if !request.tools.is_empty() {
        let declared: Vec<Value> = request
            .tools
            .iter()
            .map(|tool| {
                json!({"name": tool.name, "description": tool.description,
                    "parametersJsonSchema": tool.parameters})
            })
            .collect();
        tools.push(json!({ "functionDeclarations": declared }));
    }
    tools.extend(request.provider_tools.iter().map(|tool| match tool {
        ProviderTool::WebSearch => json!({"googleSearch": {}}),
        ProviderTool::UrlContext => json!({"urlContext": {}}),
        ProviderTool::CodeExecution => json!({"codeExecution": {}}),
    }));
    if !tools.is_empty() {
        body["tools"] = tools.into();
    }
    body
}

fn config(model: &str, request: &ChatRequest) -> Value {
    let mut config = json!({});
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            config[name] = value;
        }
    };
    set("temperature", request.temperature.map(Value::from));
    set("topP", request.top_p.map(Value::from));
    set(
        "maxOutputTokens",
        request.max_output_tokens.map(Value::from),
    );
    set(
        "stopSequences",
        (!request.stop.is_empty()).then(|| json!(request.stop)),
    );
    if let Some(schema) = &request.schema {
        set("responseMimeType", Some("application/json".into()));
        set("responseJsonSchema", Some(schema.clone()));
    }
    set(
        "thinkingConfig",
        request.reasoning.map(|effort| thinking(model, effort)),
    );
    config
}

/// From the third generation on a level says how much is thought, before it was a number of tokens.
fn thinking(model: &str, effort: ReasoningEffort) -> Value {
    let by_level = model
        .strip_prefix("gemini-")
        .and_then(|rest| rest.chars().next()?.to_digit(10))
        .is_some_and(|generation| generation >= 3);
    let (level, budget) = match effort {
        ReasoningEffort::Minimal => ("minimal", 512),
        ReasoningEffort::Low => ("low", 1_024),
        ReasoningEffort::Medium => ("medium", 8_192),
        ReasoningEffort::High => ("high", 24_576),
    };
    match by_level {
        true => json!({"includeThoughts": true, "thinkingLevel": level}),
        false => json!({"includeThoughts": true, "thinkingBudget": budget}),
    }
}

/// A signature belongs to the part behind it.
fn parts(said: &ChatMessage) -> Vec<Value> {
    let mut parts = Vec::new();
    let mut signature: Option<&str> = None;
    for part in &said.parts {
        let mut made = match part {
            Part::Reasoning {
                signature: given, ..
            } => {
                signature = given.as_deref().or(signature);
                continue;
            }
            Part::Text(text) => json!({"text": text}),
            Part::Image { media_type, data } => inline(media_type, data),
            Part::File {
                media_type,
                name,
                data,
            } => match std::str::from_utf8(data) {
                Ok(content) if media_type != "application/pdf" => {
                    json!({"text": format!("File {name}:\n{content}")})
                }
                _ => inline(media_type, data),
            },
            Part::ToolCall {
                id,
                name,
                arguments,
            } => json!({"functionCall": with_id(id, json!({"name": name, "args": arguments}))}),
            Part::ToolResult {
                id,
                name,
                content,
                is_error,
            } => {
                let field = if *is_error { "error" } else { "output" };
                json!({"functionResponse": with_id(id, json!({"name": name, "response": {field: content}}))})
            }
        };
        if let Some(signature) = signature.take() {
            made["thoughtSignature"] = signature.into();
        }
        parts.push(made);
    }
    parts
}

fn with_id(id: &str, mut call: Value) -> Value {
    if !id.starts_with(OWN_ID) {
        call["id"] = id.into();
    }
    call
}

fn inline(media_type: &str, data: &[u8]) -> Value {
    json!({"inlineData": {"mimeType": media_type, "data": BASE64_STANDARD.encode(data)}})
}

/// The end stands in the last piece, and nothing marks the end of the stream.
#[derive(Default)]
struct Answer {
    calls: usize,
    told: HashSet<String>,
    usage: Option<Usage>,
    end: Option<EndReason>,
}

impl Reader for Answer {
    fn read(&mut self, data: &str, events: &mut VecDeque<ChatEvent>) -> Result<(), Fault> {
        let piece = parse(data)?;
        if piece["error"].is_object() {
            return Err(reported(&piece["error"]));
        }
        if piece["usageMetadata"].is_object() {
            self.usage = Some(usage(&piece["usageMetadata"]));
        }
        if piece["promptFeedback"]["blockReason"].is_string() {
            self.end = Some(EndReason::Refused);
        }
        let candidate = &piece["candidates"][0];
        for part in candidate["content"]["parts"]
            .as_array()
            .into_iter()
            .flatten()
        {
            self.part(part, events)?;
        }
        for chunk in candidate["groundingMetadata"]["groundingChunks"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let web = &chunk["web"];
            if let Some(url) = text(&web["uri"])
                && self.told.insert(url.to_owned())
            {
                events.push_back(ChatEvent::Source {
                    url: url.to_owned(),
                    title: text(&web["title"]).map(str::to_owned),
                });
            }
        }
        if let Some(reason) = text(&candidate["finishReason"]) {
            self.end = Some(self.end_reason(reason)?);
        }
        Ok(())
    }

    fn end(&mut self, events: &mut VecDeque<ChatEvent>) -> bool {
        let Some(end) = self.end.take() else {
            return false;
        };
        events.extend(self.usage.map(ChatEvent::Usage));
        events.push_back(ChatEvent::End(end));
        true
    }
}

impl Answer {
    fn part(&mut self, part: &Value, events: &mut VecDeque<ChatEvent>) -> Result<(), Fault> {
        let signature = text(&part["thoughtSignature"]).map(str::to_owned);
        let is_thought = part["thought"].as_bool().unwrap_or(false);
        if signature.is_some() || is_thought {
            let thought = is_thought.then(|| text(&part["text"])).flatten();
            events.push_back(ChatEvent::Reasoning {
                text: thought.unwrap_or_default().to_owned(),
                signature,
            });
        }
        if is_thought {
            return Ok(());
        }
        events.extend(text(&part["text"]).map(|more| ChatEvent::Text(more.to_owned())));
        // What its own tools do is shown as what it is: code, and what came out.
        if let Some(code) = text(&part["executableCode"]["code"]) {
            let language = part["executableCode"]["language"].as_str().unwrap_or("");
            let shown = format!("\n```{}\n{code}\n```\n", language.to_lowercase());
            events.push_back(ChatEvent::Text(shown));
        }
        if let Some(output) = text(&part["codeExecutionResult"]["output"]) {
            events.push_back(ChatEvent::Text(format!("\n```\n{output}\n```\n")));
        }
        let call = &part["functionCall"];
        if call.is_object() {
            let name =
                text(&call["name"]).ok_or(Fault::Shape("a call of a tool without a name"))?;
            let arguments = match &call["args"] {
                Value::Null => json!({}),
                Value::Object(_) => call["args"].clone(),
                _ => return Err(Fault::Arguments),
            };
            let id =
                text(&call["id"]).map_or_else(|| format!("{OWN_ID}{}", self.calls), str::to_owned);
            self.calls += 1;
            events.push_back(ChatEvent::ToolCall {
                id,
                name: name.to_owned(),
                arguments,
            });
        }
        Ok(())
    }

    fn end_reason(&self, reason: &str) -> Result<EndReason, Fault> {
        Ok(match reason {
            "STOP" if self.calls > 0 => EndReason::ToolCalls,
            "STOP" => EndReason::Stop,
            "MAX_TOKENS" => EndReason::Length,
            "MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL" => return Err(Fault::Arguments),
            "TOO_MANY_TOOL_CALLS" | "OTHER" => {
                return Err(Fault::Reported(reason.to_lowercase()));
            }
            // SAFETY, RECITATION, BLOCKLIST, PROHIBITED_CONTENT, SPII, LANGUAGE, and what is added to them.
            _ => EndReason::Refused,
        })
    }
}

fn usage(said: &Value) -> Usage {
    let count = |field: &str| said[field].as_u64();
    let sum = |one: Option<u64>, more: Option<u64>| match (one, more) {
        (None, None) => None,
        (one, more) => Some(one.unwrap_or(0) + more.unwrap_or(0)),
    };
    Usage {
        input_tokens: sum(count("promptTokenCount"), count("toolUsePromptTokenCount")),
        output_tokens: sum(count("candidatesTokenCount"), count("thoughtsTokenCount")),
        cached_tokens: count("cachedContentTokenCount"),
        reasoning_tokens: count("thoughtsTokenCount"),
        estimated: false,
    }
}
