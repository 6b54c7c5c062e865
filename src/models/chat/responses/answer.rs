//! An answer, as it comes from `/responses`: items that are begun, told in pieces and done, and one event that ends them.

use std::collections::{BTreeMap, HashSet, VecDeque};

use serde_json::{Value, json};

use super::THOUGHT;
use crate::models::chat::{
    ChatEvent, EndReason, Usage,
    wire::{Fault, Reader, arguments, parse, reported, text},
};

/// What is being read.
#[derive(Default)]
pub(super) struct Answer {
    /// Arguments of calls that are not done, by the item's place.
    calls: BTreeMap<u64, String>,
    /// The signature of the last thought, until it is known what it led to.
    thought: Option<String>,
    /// Pages that were opened, and are told in the end where nothing cites them.
    opened: Vec<String>,
    told: HashSet<String>,
    has_called: bool,
    has_refused: bool,
    is_done: bool,
}

impl Reader for Answer {
    fn read(&mut self, data: &str, events: &mut VecDeque<ChatEvent>) -> Result<(), Fault> {
        if data.trim() == "[DONE]" {
            return Ok(());
        }
        let event = parse(data)?;
        let more = || text(&event["delta"]).map(str::to_owned);
        match event["type"].as_str().unwrap_or_default() {
            "response.output_text.delta" => events.extend(more().map(ChatEvent::Text)),
            "response.refusal.delta" => {
                self.has_refused = true;
                events.extend(more().map(ChatEvent::Text));
            }
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                events.extend(more().map(thought));
            }
            // Parts of a summary are paragraphs.
            "response.reasoning_summary_part.added" if event["summary_index"] != 0 => {
                events.push_back(thought("\n\n".to_owned()));
            }
            "response.output_text.annotation.added" => self.cite(&event["annotation"], events),
            "response.function_call_arguments.delta" => {
                if let (Some(place), Some(more)) = (event["output_index"].as_u64(), more()) {
                    self.calls.entry(place).or_default().push_str(&more);
                }
            }
            "response.output_item.added" => self.begin(&event["item"], events),
            "response.output_item.done" => {
                self.item(event["output_index"].as_u64(), &event["item"], events)?;
            }
            "response.completed" | "response.incomplete" => {
                let end = self.end_reason(&event["response"]);
                self.finish(&event["response"], end, events);
            }
            "response.failed" => {
                events.extend(usage(&event["response"]));
                return Err(reported(&event["response"]["error"]));
            }
            "error" => {
                let within = &event["error"];
                let code = json!({"code": event["code"]});
                return Err(reported(if within.is_object() { within } else { &code }));
            }
            // What tells of progress, and what later versions add.
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, _: &mut VecDeque<ChatEvent>) -> bool {
        self.is_done
    }
}

impl Answer {
    /// A thought goes back with what it led to. Without that it is refused, and tools of OpenAI's are not sent back.
    fn begin(&mut self, item: &Value, events: &mut VecDeque<ChatEvent>) {
        let signature = self.thought.take();
        let kind = item["type"].as_str().unwrap_or_default();
        if signature.is_some() && matches!(kind, "message" | "function_call") {
            events.push_back(ChatEvent::Reasoning {
                text: String::new(),
                signature,
            });
        }
    }

    fn item(
        &mut self,
        place: Option<u64>,
        item: &Value,
        events: &mut VecDeque<ChatEvent>,
    ) -> Result<(), Fault> {
        match item["type"].as_str().unwrap_or_default() {
            "function_call" => return self.call(place, item, events),
            "reasoning" => {
                let (id, encrypted) = (text(&item["id"]), text(&item["encrypted_content"]));
                self.thought = id
                    .zip(encrypted)
                    .map(|(id, encrypted)| format!("{THOUGHT}{id}:{encrypted}"));
            }
            "web_search_call" => {
                let opened = &item["action"];
                if opened["type"] == "open_page" {
                    self.opened.extend(text(&opened["url"]).map(str::to_owned));
                }
            }
            "code_interpreter_call" => show_code(item, events),
            _ => {}
        }
        Ok(())
    }

    /// A call that is whole. What its item says counts, before the pieces.
    fn call(
        &mut self,
        place: Option<u64>,
        item: &Value,
        events: &mut VecDeque<ChatEvent>,
    ) -> Result<(), Fault> {
        let pieces = place.and_then(|place| self.calls.remove(&place));
        let name = text(&item["name"]).ok_or(Fault::Shape("a call of a tool without a name"))?;
        let said = text(&item["arguments"]).map_or_else(|| pieces.unwrap_or_default(), Into::into);
        self.has_called = true;
        events.push_back(ChatEvent::ToolCall {
            id: item["call_id"].as_str().unwrap_or_default().to_owned(),
            name: name.to_owned(),
            arguments: arguments(&said),
        });
        Ok(())
    }

    /// Tells an address once. Files that its sandbox made stay there.
    fn cite(&mut self, annotation: &Value, events: &mut VecDeque<ChatEvent>) {
        if annotation["type"] != "url_citation" {
            return;
        }
        if let Some(url) = text(&annotation["url"])
            && self.told.insert(url.to_owned())
        {
            events.push_back(ChatEvent::Source {
                url: url.to_owned(),
                title: text(&annotation["title"]).map(str::to_owned),
            });
        }
    }

    fn end_reason(&self, response: &Value) -> EndReason {
        match response["incomplete_details"]["reason"].as_str() {
            Some("content_filter") => EndReason::Refused,
            Some(_) => EndReason::Length,
            None if response["status"] == "incomplete" => EndReason::Length,
            None if self.has_called => EndReason::ToolCalls,
            None if self.has_refused => EndReason::Refused,
            None => EndReason::Stop,
        }
    }

    fn finish(&mut self, response: &Value, end: EndReason, events: &mut VecDeque<ChatEvent>) {
        if std::mem::replace(&mut self.is_done, true) {
            return;
        }
        for url in std::mem::take(&mut self.opened) {
            if self.told.insert(url.clone()) {
                events.push_back(ChatEvent::Source { url, title: None });
            }
        }
        events.extend(usage(response));
        events.push_back(ChatEvent::End(end));
    }
}

fn thought(text: String) -> ChatEvent {
    ChatEvent::Reasoning {
        text,
        signature: None,
    }
}

/// What its sandbox did is shown as what it is: code, and what came out.
fn show_code(item: &Value, events: &mut VecDeque<ChatEvent>) {
    if let Some(code) = text(&item["code"]) {
        events.push_back(ChatEvent::Text(format!("\n```python\n{code}\n```\n")));
    }
    for output in item["outputs"].as_array().into_iter().flatten() {
        if let Some(logs) = text(&output["logs"]) {
            events.push_back(ChatEvent::Text(format!("\n```\n{logs}\n```\n")));
        }
    }
}

fn usage(response: &Value) -> Option<ChatEvent> {
    let said = &response["usage"];
    said.is_object().then(|| {
        ChatEvent::Usage(Usage {
            input_tokens: said["input_tokens"].as_u64(),
            output_tokens: said["output_tokens"].as_u64(),
            cached_tokens: said["input_tokens_details"]["cached_tokens"].as_u64(),
            reasoning_tokens: said["output_tokens_details"]["reasoning_tokens"].as_u64(),
            estimated: false,
        })
    })
}
