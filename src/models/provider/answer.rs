//! What a provider answered, read with bounds and without repeating what it said.

use std::time::Duration;

use reqwest::{Response, StatusCode, header::RETRY_AFTER};
use serde_json::Value;

use crate::models::ModelError;

/// 64 vectors of 3,072 numbers with all their digits are 4 MB.
const BODY_MAX_BYTES: usize = 16 << 20;
const ERROR_MAX_BYTES: usize = 1 << 16;
/// Where a provider does not say for how long.
const WAIT_DEFAULT: Duration = Duration::from_secs(20);
const WAIT_MAX: Duration = Duration::from_secs(3_600);

/// The vectors of a call.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) vectors: Vec<Vec<f32>>,
    pub(super) tokens: Option<u64>,
}

impl Answer {
    /// The length of the longest vector.
    pub(super) fn longest(&self) -> usize {
        self.vectors.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// The body of a response.
pub(super) async fn read_bounded(response: Response, label: &str) -> Result<Vec<u8>, ModelError> {
    match read(response, BODY_MAX_BYTES).await {
        Ok(Some(body)) => Ok(body),
        Ok(None) => Err(ModelError::BadAnswer(format!(
            "{label} answered more than {BODY_MAX_BYTES} bytes"
        ))),
        Err(error) => Err(ModelError::Unreachable(format!(
            "{label} broke off its answer: {}",
            error.without_url()
        ))),
    }
}

/// The body of a response, unless it is longer than `max` bytes.
pub(in crate::models) async fn read(
    mut response: Response,
    max: usize,
) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > max {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// The body of an error, where it is short and arrives.
pub(in crate::models) async fn read_error(response: Response) -> Option<Vec<u8>> {
    read(response, ERROR_MAX_BYTES).await.ok().flatten()
}

/// What a response that is no success means.
pub(super) async fn refusal(
    response: Response,
    label: &'static str,
    key_variable: &str,
    model: &str,
) -> ModelError {
    let status = response.status();
    let wait = wait(&response);
    let why = read_error(response)
        .await
        .and_then(|body| reason(&body))
        .map_or_else(|| status.to_string(), |why| format!("{status}, {why}"));
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => ModelError::Wait {
            wait,
            provider: label,
        },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PAYMENT_REQUIRED => {
            ModelError::Missing(format!(
                "{label} refuses the key ({why}): check {key_variable}"
            ))
        }
        StatusCode::NOT_FOUND => ModelError::Missing(format!(
            "{label} has no embedding model {model} ({why}): check MINDLOOM_EMBEDDING_MODEL and the address"
        )),
        StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT => {
            ModelError::Unreachable(format!("{label} failed ({why})"))
        }
        status if status.is_client_error() => {
            ModelError::Refused(format!("{label} does not take the text ({why})"))
        }
        status if status.is_redirection() => ModelError::Missing(format!(
            "{label} redirects ({why}): check the address that the settings give for it"
        )),
        _ => ModelError::Unreachable(format!("{label} failed ({why})")),
    }
}

/// How long a provider asks to wait.
pub(in crate::models) fn wait(response: &Response) -> Duration {
    let header = |name: &str| response.headers().get(name)?.to_str().ok();
    let exact = header("retry-after-ms")
        .and_then(|ms| ms.trim().parse().ok())
        .map(Duration::from_millis);
    let asked = exact.or_else(|| {
        let text = header(RETRY_AFTER.as_str())?.trim();
        match text.parse::<f64>() {
            Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
            Err(_) => {
                let at = chrono::DateTime::parse_from_rfc2822(text).ok()?;
                (at.with_timezone(&chrono::Utc) - chrono::Utc::now())
                    .to_std()
                    .ok()
            }
        }
    });
    asked.unwrap_or(WAIT_DEFAULT).min(WAIT_MAX)
}

/// The code in an error's body. Its sentence may repeat the text that was sent, and is left out.
fn reason(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = &body["error"];
    let is_code = |text: &&str| {
        text.len() <= 60 && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
    };
    ["code", "status", "type"]
        .iter()
        .find_map(|name| error[*name].as_str().filter(is_code))
        .map(str::to_owned)
}
