//! `POST /audio/transcriptions`, as OpenAI, vLLM, LocalAI, speaches and others speak it: a form with the recording goes
//! out, what was said in it comes back.

use bytes::Bytes;
use reqwest::{
    Body, Response,
    multipart::{Form, Part},
};
use serde::Deserialize;
use serde_json::Value;

use crate::models::provider::answer::read as read_up_to;

use super::{
    ANSWER_MAX, ChatClient, ChatError, Endpoint, client::unreachable, refusal::refusal,
    wire::address,
};

/// An hour of speech is some 60,000 characters.
const BODY_MAX_BYTES: usize = 8 << 20;
const ADVICE: &str =
    "it may not know the recording's format, find no sound in it, or take none of that length";

/// A recording.
#[derive(Clone, Debug)]
pub struct Sound {
    /// Its bytes.
    pub bytes: Bytes,
    /// Such as `audio/webm`.
    pub media_type: String,
    /// A name by whose end servers know its format, such as `recording.webm`.
    pub file_name: String,
    /// What is spoken, where that is known: an ISO 639 code such as `en`.
    pub language: Option<String>,
}

/// What was said in a recording, and what the provider says of the use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcription {
    /// What was said.
    pub text: String,
    /// The language, where the provider tells its code.
    pub language: Option<String>,
    /// The seconds that it heard, where it tells.
    pub seconds: Option<f64>,
    /// Tokens that it heard, where it tells.
    pub input_tokens: Option<u64>,
    /// Tokens that it wrote, where it tells.
    pub output_tokens: Option<u64>,
    /// Bytes of its answer.
    pub received: usize,
}

#[derive(Deserialize)]
struct Answer {
    text: String,
    #[serde(default)]
    language: Value,
    /// `seconds` of models with a price for them, `input_tokens` and `output_tokens` of those with one for tokens.
    #[serde(default)]
    usage: Value,
}

impl ChatClient {
    /// Has a recording written down.
    ///
    /// # Errors
    /// What the provider refuses, or that it does not answer.
    pub async fn transcribe(
        &self,
        endpoint: &Endpoint,
        model: &str,
        sound: &Sound,
    ) -> Result<Transcription, ChatError> {
        let label = endpoint.provider.label();
        let form = form(model, sound)
            .map_err(|_| ChatError::Refused("The recording's type is none".to_owned()))?;
        let request = self
            .client(endpoint)?
            .post(address(endpoint, "audio/transcriptions"))
            .multipart(form)
            .timeout(ANSWER_MAX);
        let request = match &endpoint.key {
            Some(key) => request.bearer_auth(key.expose()),
            None => request,
        };
        let response = request.send().await;
        let response = response.map_err(|error| unreachable(label, error))?;
        if !response.status().is_success() {
            return Err(refusal(response, label, model, ADVICE).await);
        }
        read(&body(response, label).await?, label)
    }
}

fn form(model: &str, sound: &Sound) -> Result<Form, reqwest::Error> {
    let mut form = Form::new()
        .text("model", model.to_owned())
        .text("response_format", "json");
    if let Some(language) = &sound.language {
        form = form.text("language", language.clone());
    }
    let file = Part::stream(Body::from(sound.bytes.clone()))
        .file_name(sound.file_name.clone())
        .mime_str(&sound.media_type)?;
    Ok(form.part("file", file))
}

async fn body(response: Response, label: &str) -> Result<Vec<u8>, ChatError> {
    let body = read_up_to(response, BODY_MAX_BYTES).await;
    let body = body.map_err(|error| unreachable(label, error))?;
    body.ok_or_else(|| {
        let said = format!("{label} answered more than is read of one transcript");
        ChatError::BadAnswer(said)
    })
}

fn read(body: &[u8], label: &str) -> Result<Transcription, ChatError> {
    let answer: Answer = serde_json::from_slice(body)
        .map_err(|_| ChatError::BadAnswer(format!("{label} answered no transcript")))?;
    let is_code =
        |name: &&str| (2..=3).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase());
    let language = answer.language.as_str().filter(is_code);
    let usage = &answer.usage;
    Ok(Transcription {
        text: answer.text,
        // Some tell the word for it.
        language: language.map(str::to_owned),
        seconds: usage["seconds"].as_f64().filter(|seconds| *seconds >= 0.0),
        input_tokens: usage["input_tokens"].as_u64(),
        output_tokens: usage["output_tokens"].as_u64(),
        received: body.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_are_documented() {
        let by_time = br#"{"text": "Hello", "usage": {"type": "duration", "seconds": 9}}"#;
        let read_it = |body: &[u8]| read(body, "OpenAI");
        let told = read_it(by_time).expect("a transcript");
        assert_eq!((told.text.as_str(), told.seconds), ("Hello", Some(9.0)));
        let by_tokens = br#"{"text": "Hello", "usage": {"type": "tokens", "input_tokens": 14,
            "input_token_details": {"text_tokens": 0, "audio_tokens": 14}, "output_tokens": 45, "total_tokens": 59}}"#;
        let told = read_it(by_tokens).expect("a transcript");
        assert_eq!(
            (told.seconds, told.input_tokens, told.output_tokens),
            (None, Some(14), Some(45))
        );
        let plain = read_it(br#"{"text": "", "language": "english"}"#).expect("a transcript");
        assert_eq!((plain.language, plain.seconds), (None, None));
        let told = read_it(br#"{"text": "a", "language": "de"}"#).expect("a transcript");
        assert_eq!(told.language.as_deref(), Some("de"));
        for wrong in [&b"Hello"[..], b"{}", br#"{"text": null}"#] {
            assert!(matches!(read_it(wrong), Err(ChatError::BadAnswer(_))));
        }
    }
}
