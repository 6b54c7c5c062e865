//! A message's parts, as the table has them, and as a model reads them.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::{
    answers::{AgentType, CallRecord},
    models::chat::{ChatMessage, ChatRole, Part},
};

/// What a model reads where a tool was called and nothing came of it: providers demand a result of every call.
const NOT_RUN: &str = "The tool was not run: the answer was ended before, or nobody allowed it.";

/// A tool that was called.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Names the call.
    pub id: String,
    /// The tool.
    pub name: String,
    /// What it is called with.
    pub input: Value,
    /// What it asked for, where it asked whether it may.
    pub asked: Option<Value>,
    /// What the person said to that.
    pub approved: Option<bool>,
}

/// The calls of an answer that nothing came of yet.
#[must_use]
pub fn open_calls(parts: &[Value]) -> Vec<Call> {
    let of_type = |wanted: &'static str| {
        parts
            .iter()
            .filter(move |part| part["type"] == wanted)
            .filter_map(|part| Some((part["toolCallId"].as_str()?, part)))
    };
    let answered: HashSet<&str> = of_type("tool-result").map(|(id, _)| id).collect();
    of_type("tool-call")
        .filter(|(id, _)| !answered.contains(id))
        .map(|(id, part)| Call {
            id: id.to_owned(),
            name: text(&part["toolName"]),
            input: part["input"].clone(),
            asked: of_type("tool-request")
                .find(|(request, _)| *request == id)
                .map(|(_, part)| part["input"].clone()),
            approved: of_type("tool-answer")
                .find(|(answer, _)| *answer == id)
                .and_then(|(_, part)| part["approved"].as_bool()),
        })
        .collect()
}

/// Whether an answer called a tool, and it did what it does.
#[must_use]
pub fn is_done(parts: &[Value], tool: &str) -> bool {
    parts.iter().any(|part| {
        part["type"] == "tool-result" && part["toolName"] == tool && part["isError"] != true
    })
}

/// Whether an answer goes on after these parts: results were given that no model has read.
#[must_use]
pub fn goes_on(parts: &[Value]) -> bool {
    match parts.iter().rfind(|part| part["type"] != "tool-answer") {
        None => true,
        Some(last) => last["type"] == "tool-result",
    }
}

/// What somebody said, for a model.
#[must_use]
pub fn question(parts: &[Value]) -> ChatMessage {
    let texts = parts.iter().filter(|part| part["type"] == "text");
    ChatMessage {
        role: ChatRole::User,
        parts: texts.map(|part| Part::Text(text(&part["text"]))).collect(),
    }
}

/// An answer, for a model: what it said and called, and what came of that, in turns. What it thought counts while it is
/// still the same answer (`with_reasoning`), where providers demand it.
#[must_use]
pub fn answer(parts: &[Value], with_reasoning: bool) -> Vec<ChatMessage> {
    let mut messages: Vec<ChatMessage> = Vec::new();
    let mut open: Vec<(String, String)> = Vec::new();
    for part in parts {
        match part["type"].as_str() {
            Some("text") => say(&mut messages, &mut open, Part::Text(text(&part["text"]))),
            Some("reasoning") if with_reasoning => {
                let signature = part["signature"].as_str().map(str::to_owned);
                let text = text(&part["text"]);
                say(
                    &mut messages,
                    &mut open,
                    Part::Reasoning { text, signature },
                );
            }
            Some("tool-call") => {
                let (id, name) = (text(&part["toolCallId"]), text(&part["toolName"]));
                let arguments = sendable(&part["input"]);
                let call = Part::ToolCall {
                    id: id.clone(),
                    name: name.clone(),
                    arguments,
                };
                if messages.last().is_some_and(is_of_tools) && !open.is_empty() {
                    close(&mut messages, &mut open);
                }
                push(&mut messages, ChatRole::Assistant, call);
                open.push((id, name));
            }
            Some("tool-result") => {
                let id = text(&part["toolCallId"]);
                // A result without its call is none that a provider takes.
                if let Some(place) = open.iter().position(|(call, _)| *call == id) {
                    let (id, name) = open.remove(place);
                    let result = Part::ToolResult {
                        id,
                        name,
                        content: content(&part["output"]),
                        is_error: part["isError"] == true,
                    };
                    push(&mut messages, ChatRole::Tool, result);
                }
            }
            _ => {}
        }
    }
    close(&mut messages, &mut open);
    messages
}

/// What a tool was called with, as providers take it back: an object, whatever the model wrote.
fn sendable(input: &Value) -> Value {
    match input {
        Value::Object(_) => input.clone(),
        other => json!({ "invalid": other }),
    }
}

/// Adds what a model said. What it called before and got nothing for is closed first.
fn say(messages: &mut Vec<ChatMessage>, open: &mut Vec<(String, String)>, part: Part) {
    if messages.last().is_some_and(is_of_tools) {
        close(messages, open);
    }
    push(messages, ChatRole::Assistant, part);
}

fn close(messages: &mut Vec<ChatMessage>, open: &mut Vec<(String, String)>) {
    for (id, name) in open.drain(..) {
        let result = Part::ToolResult {
            id,
            name,
            content: NOT_RUN.to_owned(),
            is_error: true,
        };
        push(messages, ChatRole::Tool, result);
    }
}

fn push(messages: &mut Vec<ChatMessage>, role: ChatRole, part: Part) {
    match messages.last_mut() {
        Some(last) if last.role == role => last.parts.push(part),
        _ => messages.push(ChatMessage {
            role,
            parts: vec![part],
        }),
    }
}

fn is_of_tools(message: &ChatMessage) -> bool {
    message.role == ChatRole::Tool
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What a tool gave, as a model reads it.
fn content(output: &Value) -> String {
    match output {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The events of a tool's life.
#[must_use]
pub fn call_event(id: &str, name: &str, input: &Value) -> Value {
    json!({"kind": "TOOL_CALL", "toolCallId": id, "toolName": name, "input": input})
}

/// What came of a call.
#[must_use]
pub fn result_event(call: &Call, output: &Value, is_error: bool) -> Value {
    json!({
        "kind": "TOOL_RESULT", "toolCallId": call.id, "toolName": call.name, "output": output, "isError": is_error,
    })
}

/// A tool asks whether it may.
#[must_use]
pub fn request_event(call: &Call, summary: &str, input: &Value) -> Value {
    json!({
        "kind": "TOOL_REQUEST", "toolCallId": call.id, "toolName": call.name, "input": input, "summary": summary,
    })
}

/// What a call of a model used.
#[must_use]
pub fn usage_event(agent: AgentType, record: &CallRecord) -> Value {
    let usage = &record.usage;
    json!({"kind": "USAGE", "usage": {
        "agent": agent.as_str().to_uppercase(),
        "model": record.model,
        "provider": record.provider,
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "cachedTokens": usage.cached_tokens,
        "reasoningTokens": usage.reasoning_tokens,
        "estimated": usage.estimated,
        "cost": record.cost,
    }})
}

/// The same of the call that writes the answer: its step is whole.
#[must_use]
pub fn step_event(agent: AgentType, record: &CallRecord) -> Value {
    let mut event = usage_event(agent, record);
    event["step"] = true.into();
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(id: &str) -> Value {
        json!({"type": "tool-call", "toolCallId": id, "toolName": "search", "input": {"q": id}})
    }

    fn result(id: &str) -> Value {
        json!({"type": "tool-result", "toolCallId": id, "toolName": "search", "output": {"found": 1}, "isError": false})
    }

    fn roles(messages: &[ChatMessage]) -> Vec<(ChatRole, usize)> {
        messages
            .iter()
            .map(|message| (message.role, message.parts.len()))
            .collect()
    }

    #[test]
    fn an_answer_is_read_in_turns() {
        let text = json!({"type": "text", "text": "a"});
        let thought = json!({"type": "reasoning", "text": "r", "signature": "s"});
        let parts = [
            thought.clone(),
            text.clone(),
            called("1"),
            called("2"),
            result("1"),
            result("2"),
            text.clone(),
        ];
        use ChatRole::{Assistant, Tool};
        let expected = vec![(Assistant, 4), (Tool, 2), (Assistant, 1)];
        assert_eq!(roles(&answer(&parts, true)), expected);
        assert_eq!(roles(&answer(&parts, false))[0], (Assistant, 3));
        assert!(open_calls(&parts).is_empty());
        assert!(!goes_on(&parts));
        assert!(goes_on(&parts[..6]));
        assert!(goes_on(&[]));
    }

    #[test]
    fn every_call_has_a_result() {
        use ChatRole::{Assistant, Tool};
        let text = json!({"type": "text", "text": "a"});
        let parts = [called("1"), called("2"), result("2"), text, called("3")];
        let expected = vec![(Assistant, 2), (Tool, 2), (Assistant, 2), (Tool, 1)];
        assert_eq!(roles(&answer(&parts, false)), expected);
        let open: Vec<String> = open_calls(&parts).into_iter().map(|call| call.id).collect();
        assert_eq!(open, ["1", "3"]);
    }

    #[test]
    fn what_a_person_said_is_found() {
        let parts = [
            called("1"),
            json!({"type": "tool-request", "toolCallId": "1", "toolName": "search"}),
            json!({"type": "tool-answer", "toolCallId": "1", "approved": false}),
        ];
        let open = open_calls(&parts);
        assert!(open[0].asked.is_some());
        assert_eq!(open[0].approved, Some(false));
    }
}
