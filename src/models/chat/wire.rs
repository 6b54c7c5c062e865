//! What differs between providers: how they are asked, and how their answers are read.

use std::{collections::VecDeque, time::Duration};

use reqwest::{Client, RequestBuilder};
use serde_json::{Map, Value};

use super::{ChatError, ChatEvent, ChatRequest, Endpoint};

/// A provider's way of speaking.
pub(super) trait Wire: Send + Sync {
    /// The request for an answer that comes in pieces.
    fn ask(
        &self,
        client: &Client,
        endpoint: &Endpoint,
        model: &str,
        request: &ChatRequest,
    ) -> RequestBuilder;

    /// A request that costs nothing and succeeds with a good key alone.
    fn check_key(&self, client: &Client, endpoint: &Endpoint) -> RequestBuilder;

    /// What reads one answer.
    fn reader(&self) -> Box<dyn Reader>;
}

/// Reads one answer.
pub(super) trait Reader: Send {
    /// Reads the data of an event, and adds what it says.
    fn read(&mut self, data: &str, events: &mut VecDeque<ChatEvent>) -> Result<(), Fault>;

    /// The stream has ended; true when the answer was whole.
    fn end(&mut self, events: &mut VecDeque<ChatEvent>) -> bool;
}

/// Codes by which providers ask for patience after they have begun to answer.
const ASK_TO_WAIT: [&str; 6] = [
    "rate_limit_exceeded",
    "rate_limit_error",
    "overloaded_error",
    "slow_down",
    "RESOURCE_EXHAUSTED",
    "UNAVAILABLE",
];
/// For how long: none of them says.
const PAUSE: Duration = Duration::from_secs(5);

/// What is wrong with an answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is not what the documentation promises; the sentence begins with who said it.
    Shape(&'static str),
    /// A tool was called with something else than an object.
    Arguments,
    /// The provider reports an error in the middle of it, by this code.
    Reported(String),
}

impl Fault {
    /// The error of a provider that reported one by its code.
    pub(super) fn into_error(self, label: &'static str) -> ChatError {
        match self {
            Fault::Shape(what) => ChatError::BadAnswer(format!("{label} answered {what}")),
            Fault::Arguments => ChatError::BadAnswer(format!(
                "{label}'s model called a tool with arguments that are no JSON object: ask again"
            )),
            // Some tell only once they answer what others refuse at once.
            Fault::Reported(code) => match code.as_str() {
                "context_length_exceeded" => ChatError::TooLong(
                    "The conversation is longer than the model reads: leave something out, or choose a model with a \
                     larger context"
                        .to_owned(),
                ),
                code if ASK_TO_WAIT.contains(&code) => ChatError::Wait {
                    wait: PAUSE,
                    provider: label,
                },
                "insufficient_quota" => ChatError::KeyRefused(used_up(label, &code)),
                "invalid_prompt" => ChatError::Refused(format!(
                    "{label} does not take what was sent ({code}): change it, and ask again"
                )),
                _ => ChatError::Unreachable(format!("{label} broke off its answer ({code})")),
            },
        }
    }
}

/// What is said of a key whose money is spent.
pub(super) fn used_up(label: &str, why: &str) -> String {
    format!("What was paid for the key of {label} is used up ({why}): see to it at the provider")
}

/// An event's JSON.
pub(super) fn parse(data: &str) -> Result<Value, Fault> {
    serde_json::from_str(data).map_err(|_| Fault::Shape("an event that is no JSON"))
}

/// The arguments of a call: an object, which may be left out when it is empty. What is none is handed on as the text that
/// it is: whoever runs the call tells the model.
pub(super) fn arguments(text: &str) -> Value {
    if text.trim().is_empty() {
        return Value::Object(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(arguments)) => Value::Object(arguments),
        _ => Value::String(text.to_owned()),
    }
}

/// The code of an error that a provider reports, without its sentence, which may repeat what was sent.
pub(super) fn code(error: &Value) -> Option<&str> {
    let is_code = |text: &&str| {
        text.len() <= 60 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let mut names = ["code", "status", "type"].iter();
    names.find_map(|name| error[*name].as_str().filter(is_code))
}

/// An error that a provider reports in the middle of its answer.
pub(super) fn reported(error: &Value) -> Fault {
    Fault::Reported(code(error).unwrap_or("it gave no code").to_owned())
}

/// The address of a path below the provider's base.
pub(super) fn address(endpoint: &Endpoint, path: &str) -> String {
    format!("{}/{path}", endpoint.base.as_str().trim_end_matches('/'))
}

/// A text that says something.
pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}
