//! A provider on this machine: speaks HTTP as a test says, piece by piece, and notes what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// What it does with a request.
#[derive(Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    pieces: Vec<Vec<u8>>,
    end: End,
    held: Option<Arc<Notify>>,
}

/// What comes behind the pieces.
#[derive(Clone)]
enum End {
    Whole,
    /// The connection is cut.
    Cut,
    /// Nothing, until somebody says so, then the connection is cut.
    Silence(Arc<Notify>),
}

/// A request that it got.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    /// The same as it came, which is no JSON everywhere.
    pub bytes: Vec<u8>,
}

impl Asked {
    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

impl Reply {
    /// A whole stream of events.
    pub fn stream(text: &str) -> Self {
        Self::pieces([text.as_bytes().to_vec()])
    }

    /// The same in pieces, each in a frame of its own.
    pub fn pieces(pieces: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Reply {
            status: 200,
            headers: vec![("content-type", "text/event-stream".to_owned())],
            pieces: pieces
                .into_iter()
                .filter(|piece| !piece.is_empty())
                .collect(),
            end: End::Whole,
            held: None,
        }
    }

    /// A refusal, or any other answer that is JSON.
    pub fn status(status: u16, body: &Value) -> Self {
        Reply {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            pieces: vec![body.to_string().into_bytes()],
            end: End::Whole,
            held: None,
        }
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The connection is cut behind the pieces.
    pub fn cut(mut self) -> Self {
        self.end = End::Cut;
        self
    }

    /// Nothing comes at all until somebody says so.
    pub fn held(mut self, until: &Arc<Notify>) -> Self {
        self.held = Some(Arc::clone(until));
        self
    }

    /// Nothing comes behind the pieces, until the connection is given up.
    pub fn silent(mut self, until: &Arc<Notify>) -> Self {
        self.end = End::Silence(Arc::clone(until));
        self
    }
}

/// The provider.
pub struct WireServer {
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    replies: Mutex<VecDeque<Reply>>,
    otherwise: Mutex<Option<Reply>>,
    asked: Mutex<Vec<Asked>>,
}

impl WireServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&shared)));
            }
        });
        WireServer {
            url: format!("http://{address}/v1"),
            state,
        }
    }

    /// What it does with the next request.
    pub fn then(&self, reply: Reply) -> &Self {
        self.state
            .replies
            .lock()
            .expect("no panic")
            .push_back(reply);
        self
    }

    /// What it does with requests of which nothing else is said.
    pub fn always(&self, reply: Reply) -> &Self {
        *self.state.otherwise.lock().expect("no panic") = Some(reply);
        self
    }

    /// The requests that it got.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().expect("no panic").clone()
    }
}

async fn serve(mut socket: TcpStream, state: Arc<State>) {
    socket.set_nodelay(true).expect("a socket");
    while let Some(asked) = read(&mut socket).await {
        state.asked.lock().expect("no panic").push(asked);
        let next = state.replies.lock().expect("no panic").pop_front();
        let reply = next.or_else(|| state.otherwise.lock().expect("no panic").clone());
        let reply = reply.expect("the test said what the provider does");
        if answer(&mut socket, reply).await.is_none() {
            return;
        }
    }
}

/// None when the connection is over.
async fn read(socket: &mut TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(socket);
    let mut line = String::new();
    reader
        .read_line(&mut line)
        .await
        .ok()
        .filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        let name = name.to_lowercase();
        if name == "content-length" {
            length = value.parse().expect("a length");
        }
        headers.push((name, value.to_owned()));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.ok()?;
    Some(Asked {
        path,
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        bytes: body,
    })
}

async fn answer(socket: &mut TcpStream, reply: Reply) -> Option<()> {
    if let Some(held) = &reply.held {
        held.notified().await;
    }
    let mut head = format!(
        "HTTP/1.1 {} Said\r\ntransfer-encoding: chunked\r\n",
        reply.status
    );
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    socket.write_all(head.as_bytes()).await.ok()?;
    for piece in &reply.pieces {
        let mut frame = format!("{:x}\r\n", piece.len()).into_bytes();
        frame.extend_from_slice(piece);
        frame.extend_from_slice(b"\r\n");
        socket.write_all(&frame).await.ok()?;
    }
    match reply.end {
        End::Whole => socket.write_all(b"0\r\n\r\n").await.ok(),
        End::Cut => None,
        End::Silence(until) => {
            // Whoever gives up closes the connection.
            let mut byte = [0];
            tokio::select! {
                () = until.notified() => {}
                _ = socket.read(&mut byte) => {}
                () = tokio::time::sleep(Duration::from_secs(60)) => {}
            }
            None
        }
    }
}
