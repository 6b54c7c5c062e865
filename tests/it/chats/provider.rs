//! A provider on this machine, which speaks `POST /chat/completions` as OpenAI documents it, and says what a test says.

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

/// What it answers to one request.
#[derive(Clone, Default)]
pub struct Reply {
    /// Said word by word.
    pub words: Vec<String>,
    /// Calls of tools after that: id, name, arguments as text.
    pub calls: Vec<(String, String, String)>,
    /// Where each word waits for a permit, so that a test says how far it is.
    pub gate: Option<Arc<Semaphore>>,
    /// A pause between words.
    pub pause_ms: u64,
    /// Another status than 200.
    pub status: Option<u16>,
    /// For how long it asks to wait then.
    pub wait_ms: Option<u64>,
    /// With which code it breaks off after its words.
    pub breaks_off: Option<&'static str>,
}

impl Reply {
    pub fn text(text: &str) -> Self {
        Reply {
            words: text.split_inclusive(' ').map(str::to_owned).collect(),
            ..Reply::default()
        }
    }

    pub fn call(id: &str, name: &str, arguments: &Value) -> Self {
        Self::raw_call(id, name, &arguments.to_string())
    }

    pub fn raw_call(id: &str, name: &str, arguments: &str) -> Self {
        Reply {
            calls: vec![(id.into(), name.into(), arguments.into())],
            ..Reply::default()
        }
    }

    /// It asks to wait.
    pub fn busy(wait_ms: u64) -> Self {
        Reply {
            status: Some(429),
            wait_ms: Some(wait_ms),
            ..Reply::default()
        }
    }

    pub fn gated(self, gate: &Arc<Semaphore>) -> Self {
        Reply {
            gate: Some(Arc::clone(gate)),
            ..self
        }
    }
}

type Says = Arc<dyn Fn(&Value) -> Reply + Send + Sync>;

/// See the module.
pub struct Provider {
    pub url: String,
    asked: Arc<Mutex<Vec<Value>>>,
}

#[derive(Clone)]
struct Shared {
    says: Says,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Provider {
    /// Answers each request with what the function says to its body.
    pub async fn start(says: impl Fn(&Value) -> Reply + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("its address"));
        let asked = Arc::default();
        let shared = Shared {
            says: Arc::new(says),
            asked: Arc::clone(&asked),
        };
        let router = Router::new()
            .route("/v1/chat/completions", post(answer))
            .with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Provider { url, asked }
    }

    /// The same with one reply after the other; the last one again and again. Requests for titles are answered beside.
    pub async fn script(replies: Vec<Reply>) -> Self {
        let next = Mutex::new(0);
        Self::start(move |request| {
            if is_title(request) {
                return Reply::text("A title");
            }
            let mut next = next.lock().expect("no panic");
            let reply = replies[(*next).min(replies.len() - 1)].clone();
            *next += 1;
            reply
        })
        .await
    }

    /// What it was asked, without titles.
    pub fn asked(&self) -> Vec<Value> {
        let asked = self.asked.lock().expect("no panic");
        asked
            .iter()
            .filter(|request| !is_title(request))
            .cloned()
            .collect()
    }
}

fn is_title(request: &Value) -> bool {
    request["messages"][0]["content"]
        .as_str()
        .is_some_and(|system| system.starts_with("You name conversations"))
}

async fn answer(State(shared): State<Shared>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).expect("JSON");
    let reply = (shared.says)(&request);
    shared.asked.lock().expect("no panic").push(request);
    if let Some(status) = reply.status {
        let status = StatusCode::from_u16(status).expect("a status");
        let body = r#"{"error": {"code": "some_code", "message": "no"}}"#;
        let mut response = (status, body).into_response();
        if let Some(wait_ms) = reply.wait_ms {
            let headers = response.headers_mut();
            headers.insert("retry-after-ms", wait_ms.into());
        }
        return response;
    }
    let mut events: Vec<Value> = reply
        .words
        .iter()
        .map(|word| json!({"choices": [{"index": 0, "delta": {"content": word}}]}))
        .collect();
    let words = events.len();
    for (index, (id, name, arguments)) in reply.calls.iter().enumerate() {
        let call = json!({"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
        events.push(json!({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}));
    }
    if let Some(code) = reply.breaks_off {
        events.push(json!({"error": {"code": code, "message": "no"}}));
    }
    let reason = if reply.calls.is_empty() {
        "stop"
    } else {
        "tool_calls"
    };
    events.push(json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}));
    events.push(json!({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": words}}));
    let mut lines: Vec<String> = events
        .iter()
        .map(|event| format!("data: {event}\n\n"))
        .collect();
    lines.push("data: [DONE]\n\n".into());
    let (gate, pause) = (reply.gate, std::time::Duration::from_millis(reply.pause_ms));
    let sent = stream::unfold((lines.into_iter(), 0), move |(mut lines, place)| {
        let gate = gate.clone();
        async move {
            let line = lines.next()?;
            if place < words {
                if let Some(gate) = gate {
                    gate.acquire().await.expect("open").forget();
                }
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
            }
            Some((Ok::<_, std::io::Error>(line), (lines, place + 1)))
        }
    });
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(sent),
    )
        .into_response()
}
