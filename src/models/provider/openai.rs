//! `POST /embeddings`, as OpenAI, Ollama, vLLM, LM Studio and many others speak it.

use reqwest::{Client, RequestBuilder};
use serde::{Deserialize, Serialize};
use url::Url;

use super::answer::Answer;

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    input: &'a [&'a str],
    encoding_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<usize>,
}

#[derive(Deserialize)]
struct Response {
    data: Vec<Item>,
    /// Some servers count no tokens.
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Item {
    embedding: Vec<f32>,
    index: usize,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: Option<u64>,
    total_tokens: Option<u64>,
}

pub(super) fn request(
    client: &Client,
    base: &Url,
    model: &str,
    input: &[&str],
    dimensions: Option<usize>,
) -> RequestBuilder {
    let url = format!("{}/embeddings", base.as_str().trim_end_matches('/'));
    client.post(url).json(&Request {
        model,
        input,
        encoding_format: "float",
        dimensions,
    })
}

/// The vectors, in the order of what was asked.
pub(super) fn read(body: &[u8], asked: usize) -> Result<Answer, String> {
    let mut response: Response = serde_json::from_slice(body).map_err(|error| place(&error))?;
    response.data.sort_by_key(|item| item.index);
    let in_order = response
        .data
        .iter()
        .enumerate()
        .all(|(place, item)| place == item.index);
    if !in_order || response.data.len() != asked {
        return Err(format!(
            "{} vectors for {asked} texts, or not one for each",
            response.data.len()
        ));
    }
    Ok(Answer {
        vectors: response
            .data
            .into_iter()
            .map(|item| item.embedding)
            .collect(),
        tokens: response
            .usage
            .and_then(|usage| usage.total_tokens.or(usage.prompt_tokens)),
    })
}

/// Where an answer stopped making sense, without what stands there.
pub(super) fn place(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "it has another form than expected",
        _ => "it is no JSON",
    };
    format!("{what} at line {}, column {}", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_put_in_order_and_their_faults_told_without_contents() {
        let two = br#"{"data": [{"index": 1, "embedding": [2]}, {"index": 0, "embedding": [1]}]}"#;
        let answer = read(two, 2).expect("two vectors");
        assert_eq!(answer.vectors, [[1.0], [2.0]]);
        assert_eq!(answer.tokens, None);
        assert!(read(two, 3).is_err());
        let twice =
            br#"{"data": [{"index": 0, "embedding": [2]}, {"index": 0, "embedding": [1]}]}"#;
        assert!(read(twice, 2).is_err());
        let said = read(br#"{"data": "secret"}"#, 1).expect_err("no vectors");
        assert!(!said.contains("secret"), "{said}");
        assert!(read(br#"{"data": [{"index": 0, "embedding": [NaN]}]}"#, 1).is_err());
    }
}
