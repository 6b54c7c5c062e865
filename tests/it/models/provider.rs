//! A server that speaks the wire formats of providers, and does as a test says.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{OriginalUri, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// What the server does with one request; vectors of four numbers, when nothing is said.
#[derive(Clone)]
pub enum Does {
    /// Vectors of so many numbers.
    Vectors(usize),
    /// This status with these headers and this body.
    Says(u16, Vec<(&'static str, String)>, String),
    /// Vectors, late.
    Late(Duration),
}

/// A provider on this machine.
pub struct FakeProvider {
    pub url: String,
    state: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    script: Mutex<VecDeque<Does>>,
    otherwise: Mutex<Option<Does>>,
    asked: Mutex<Vec<Asked>>,
}

/// A request that it got.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub authorization: String,
    pub body: Value,
}

impl FakeProvider {
    pub async fn start() -> Self {
        let state = Arc::new(Shared::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("its address");
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        FakeProvider {
            url: format!("http://{address}/v1"),
            state,
        }
    }

    /// What it does with the next requests, one after the other.
    pub fn then(&self, does: impl IntoIterator<Item = Does>) {
        self.state.script.lock().expect("no panic").extend(does);
    }

    /// What it does with all requests that nothing else is said of.
    pub fn always(&self, does: Does) {
        *self.state.otherwise.lock().expect("no panic") = Some(does);
    }

    /// The requests that it got.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().expect("no panic").clone()
    }
}

async fn answer(
    State(state): State<Arc<Shared>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let header = |name: &str| headers.get(name).map(|value| value.to_str().expect("text"));
    let authorization = header("authorization").or(header("x-goog-api-key"));
    state.asked.lock().expect("no panic").push(Asked {
        path: uri.path().to_owned(),
        authorization: authorization.unwrap_or_default().to_owned(),
        body: body.clone(),
    });
    let next = state.script.lock().expect("no panic").pop_front();
    let does = next.or_else(|| state.otherwise.lock().expect("no panic").clone());
    let length = match does.unwrap_or(Does::Vectors(4)) {
        Does::Says(status, extra, text) => {
            let status = StatusCode::from_u16(status).expect("a status");
            let mut response = (status, text).into_response();
            for (name, value) in extra {
                response
                    .headers_mut()
                    .insert(name, value.parse().expect("a header"));
            }
            return response;
        }
        Does::Late(pause) => {
            tokio::time::sleep(pause).await;
            4
        }
        Does::Vectors(length) => length,
    };
    let fewer = body["dimensions"]
        .as_u64()
        .or(body["requests"][0]["outputDimensionality"].as_u64());
    let length = fewer.map_or(length, |fewer| fewer as usize);
    axum::Json(vectors(&body, length)).into_response()
}

/// The letters of a text, counted by their place in the alphabet: texts with other letters have other vectors.
fn vector(text: &str, length: usize) -> Vec<f32> {
    let mut vector = vec![0.01; length];
    for byte in text.bytes() {
        vector[usize::from(byte) % length] += 1.0;
    }
    vector
}

fn vectors(body: &Value, length: usize) -> Value {
    if let Some(requests) = body["requests"].as_array() {
        let text = |request: &Value| {
            request["content"]["parts"][0]["text"]
                .as_str()
                .map(str::to_owned)
        };
        let values = requests
            .iter()
            .map(|request| json!({"values": vector(&text(request).expect("a text"), length)}));
        return json!({"embeddings": values.collect::<Vec<_>>()});
    }
    let texts = body["input"].as_array().expect("texts");
    // The last first: the order is that of `index`.
    let data = texts.iter().enumerate().rev().map(|(index, text)| {
        json!({"index": index, "embedding": vector(text.as_str().expect("a text"), length)})
    });
    let tokens: usize = texts
        .iter()
        .map(|text| text.as_str().map_or(0, str::len))
        .sum();
    json!({"data": data.collect::<Vec<_>>(), "usage": {"prompt_tokens": tokens, "total_tokens": tokens}})
}
