//! A provider on this machine, which speaks `POST /chat/completions` as OpenAI documents it, as a test says.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// How it answers.
#[derive(Clone)]
pub enum Reply {
    /// These words, and the end.
    Whole(&'static [&'static str]),
    /// These words, each once the semaphore gives a permit, and the end.
    Gated(&'static [&'static str], Arc<Semaphore>),
    /// These words, and then the connection breaks.
    Broken(&'static [&'static str]),
    /// No answer but this status.
    Status(u16),
}

/// See the module.
pub struct Provider {
    pub url: String,
    shared: Shared,
}

#[derive(Clone)]
struct Shared {
    replies: Arc<Mutex<Vec<Reply>>>,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Provider {
    /// With one reply after the other; the last one again and again.
    pub async fn start(replies: Vec<Reply>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("its address"));
        let shared = Shared {
            replies: Arc::new(Mutex::new(replies)),
            asked: Arc::default(),
        };
        let router = Router::new()
            .route("/v1/chat/completions", post(answer))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Provider { url, shared }
    }

    /// The flags of a server that asks it.
    pub fn flags(&self) -> [&str; 4] {
        [
            "--openai-base-url",
            &self.url,
            "--openai-api-key",
            "sk-of-the-tests-0123456789",
        ]
    }

    /// What it was asked.
    pub fn asked(&self) -> Vec<Value> {
        self.shared.asked.lock().expect("no panic").clone()
    }

    /// The whole text that it was asked last: what the system and the person say.
    pub fn asked_last(&self) -> String {
        let asked = self.asked();
        let messages = asked.last().expect("a request")["messages"].clone();
        messages.to_string()
    }
}

async fn answer(State(shared): State<Shared>, body: Bytes) -> Response {
    let request = serde_json::from_slice(&body).expect("JSON");
    shared.asked.lock().expect("no panic").push(request);
    let reply = {
        let mut replies = shared.replies.lock().expect("no panic");
        match replies.len() {
            1 => replies[0].clone(),
            _ => replies.remove(0),
        }
    };
    let (words, gate, is_broken) = match reply {
        Reply::Status(status) => {
            let status = StatusCode::from_u16(status).expect("a status");
            return (status, r#"{"error": {"code": "no", "message": "no"}}"#).into_response();
        }
        Reply::Whole(words) => (words, None, false),
        Reply::Gated(words, gate) => (words, Some(gate), false),
        Reply::Broken(words) => (words, None, true),
    };
    let mut lines: Vec<Result<String, std::io::Error>> = words
        .iter()
        .map(|word| json!({"choices": [{"index": 0, "delta": {"content": word}}]}))
        .map(|event| Ok(format!("data: {event}\n\n")))
        .collect();
    if is_broken {
        lines.push(Err(std::io::Error::other("broken off")));
    } else {
        let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
        let usage = json!({"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": words.len()}});
        lines.push(Ok(format!(
            "data: {end}\n\ndata: {usage}\n\ndata: [DONE]\n\n"
        )));
    }
    let sent = stream::unfold(lines.into_iter(), move |mut lines| {
        let gate = gate.clone();
        async move {
            let line = lines.next()?;
            if let Some(gate) = gate {
                gate.acquire().await.expect("open").forget();
            }
            Some((line, lines))
        }
    });
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(sent),
    )
        .into_response()
}
