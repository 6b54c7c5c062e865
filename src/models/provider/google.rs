//! `models/…:batchEmbedContents`, as Google's Gemini API speaks it.

use reqwest::{Client, RequestBuilder};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{answer::Answer, openai::place};

#[derive(Serialize)]
struct Request<'a> {
    requests: Vec<One<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct One<'a> {
    model: &'a str,
    content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimensionality: Option<usize>,
}

#[derive(Serialize)]
struct Content<'a> {
    parts: [Part<'a>; 1],
}

#[derive(Serialize)]
struct Part<'a> {
    text: &'a str,
}

#[derive(Deserialize)]
struct Response {
    embeddings: Vec<Values>,
}

#[derive(Deserialize)]
struct Values {
    values: Vec<f32>,
}

pub(super) fn request(
    client: &Client,
    base: &Url,
    model: &str,
    texts: &[&str],
    dimensions: Option<usize>,
) -> RequestBuilder {
    let model = format!("models/{model}");
    let base = base.as_str().trim_end_matches('/');
    let requests = texts
        .iter()
        .map(|text| One {
            model: &model,
            content: Content {
                parts: [Part {
                    // An empty text is answered by 429, as if there were too many.
                    text: if text.trim().is_empty() { "." } else { text },
                }],
            },
            output_dimensionality: dimensions,
        })
        .collect();
    client
        .post(format!("{base}/{model}:batchEmbedContents"))
        .json(&Request { requests })
}

/// The vectors, in the order of what was asked. Tokens are not told.
pub(super) fn read(body: &[u8]) -> Result<Answer, String> {
    let response: Response = serde_json::from_slice(body).map_err(|error| place(&error))?;
    Ok(Answer {
        vectors: response
            .embeddings
            .into_iter()
            .map(|one| one.values)
            .collect(),
        tokens: None,
    })
}
