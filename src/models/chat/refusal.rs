//! What a response means that is no success.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::{
    ChatError, responses,
    wire::{code, used_up},
};
use crate::models::provider::answer::{read_error, wait};

/// Parts of sentences by which providers say that a conversation is too long.
const TOO_LONG: [&str; 7] = [
    "context length",
    "context window",
    "context_length",
    "context size",
    "prompt is too long",
    "input token count",
    "too many tokens",
];
/// Anthropic's status for too many callers.
const OVERLOADED: u16 = 529;

/// What it means, told without the provider's sentence, which may repeat what was sent. `advice` ends the sentence about a
/// request that it does not take: what may be the matter.
pub(super) async fn refusal(
    response: Response,
    label: &'static str,
    model: &str,
    advice: &str,
) -> ChatError {
    let status = response.status();
    let is_of_responses = response.url().path().ends_with(responses::PATH);
    let asked = wait(&response);
    let body: Value = read_error(response)
        .await
        .and_then(|body| serde_json::from_slice(&body).ok())
        .unwrap_or_default();
    // Google answers a list where it streams.
    let error = match &body {
        Value::Array(list) => list.first().map_or(&Value::Null, |first| &first["error"]),
        body => &body["error"],
    };
    let code = code(error);
    let why = match code {
        Some(code) => format!("{status}, {code}"),
        None => status.to_string(),
    };
    let is = |known: &str| code == Some(known);
    let said = error["message"].as_str().unwrap_or_default().to_lowercase();
    if status.is_client_error()
        && (is("context_length_exceeded") || TOO_LONG.iter().any(|part| said.contains(part)))
    {
        return ChatError::TooLong(format!(
            "The conversation is longer than {model} reads: leave something out, or choose a model with a larger context"
        ));
    }
    match status {
        _ if is("insufficient_quota") || status == StatusCode::PAYMENT_REQUIRED => {
            ChatError::KeyRefused(used_up(label, &why))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => key_refused(label, &why),
        // Google's word for it.
        StatusCode::BAD_REQUEST if has_reason(error, "API_KEY_INVALID") => key_refused(label, &why),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => ChatError::Wait {
            wait: retry_delay(error).unwrap_or(asked),
            provider: label,
        },
        status if status.as_u16() == OVERLOADED => ChatError::Wait {
            wait: asked,
            provider: label,
        },
        // The address of settings may be one of a server that speaks the older protocol alone.
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
            if is_of_responses && !is("model_not_found") =>
        {
            ChatError::Refused(format!(
                "{label} is asked at an address that does not have its Responses API ({why}), in which its own tools are: \
                 choose a model of another provider for them, or whoever runs this server checks MINDLOOM_OPENAI_BASE_URL"
            ))
        }
        StatusCode::NOT_FOUND => ChatError::UnknownModel(format!(
            "{label} has no model {model} ({why}): choose another one"
        )),
        StatusCode::PAYLOAD_TOO_LARGE => ChatError::TooLong(format!(
            "What was sent is more than {label} takes: send fewer or smaller files"
        )),
        StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT => failed(label, &why),
        status if status.is_client_error() => ChatError::Refused(format!(
            "{label} does not take the request ({why}): {advice}"
        )),
        status if status.is_redirection() => ChatError::Unreachable(format!(
            "{label} redirects ({why}): an administrator has to check its address"
        )),
        _ => failed(label, &why),
    }
}

fn key_refused(label: &str, why: &str) -> ChatError {
    ChatError::KeyRefused(format!("{label} refuses the key ({why})"))
}

fn failed(label: &str, why: &str) -> ChatError {
    ChatError::Unreachable(format!("{label} failed ({why})"))
}

fn has_reason(error: &Value, reason: &str) -> bool {
    let details = error["details"].as_array().into_iter().flatten();
    details.into_iter().any(|detail| detail["reason"] == reason)
}

/// How long Google asks to wait: `{"@type": "…RetryInfo", "retryDelay": "34.5s"}`.
fn retry_delay(error: &Value) -> Option<Duration> {
    let mut details = error["details"].as_array()?.iter();
    let delay = details.find_map(|detail| detail["retryDelay"].as_str())?;
    let seconds: f64 = delay.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds.clamp(0.0, 3_600.0)).ok()
}
