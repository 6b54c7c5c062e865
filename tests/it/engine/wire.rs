//! What goes over the wire to PostgreSQL, read by a proxy in between.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

use crate::support::{TestApi, scratch_dir};

/// The length of a request for TLS, and of nothing else without a type.
const TLS_REQUEST_BYTES: usize = 8;

/// What a client sent since the last look: message types in order, and how often it waited for an
/// answer before it sent on.
#[derive(Default)]
struct Seen {
    messages: Mutex<Vec<u8>>,
    turns: AtomicUsize,
}

impl Seen {
    fn take(&self) -> (String, usize) {
        let messages = std::mem::take(&mut *self.messages.lock().expect("the messages"));
        (
            String::from_utf8_lossy(&messages).into_owned(),
            self.turns.swap(0, Ordering::SeqCst),
        )
    }
}

/// Passes a connection on and reads the types of the client's messages.
async fn pass(client: UnixStream, server: UnixStream, seen: Arc<Seen>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answered = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let answers = answered.clone();
    tokio::spawn(async move {
        let mut buffer = [0; 65_536];
        while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
            answers.store(true, Ordering::SeqCst);
            if to_client.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    });
    let mut pending = Vec::new();
    let mut started = false;
    // The reader of changes has a connection of its own, as the owner.
    let mut of_requests = false;
    let mut buffer = [0; 65_536];
    while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
        pending.extend_from_slice(&buffer[..read]);
        if answered.swap(false, Ordering::SeqCst) && of_requests {
            seen.turns.fetch_add(1, Ordering::SeqCst);
        }
        // The first message of a connection has no type; each later one is a type and a length.
        loop {
            let at = usize::from(started);
            let Some(length) = pending.get(at..at + 4) else {
                break;
            };
            let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
            if pending.len() < at + length {
                break;
            }
            if !started {
                let user = b"authenticator";
                of_requests = pending.windows(user.len()).any(|window| window == user);
            } else if of_requests {
                seen.messages.lock().expect("the messages").push(pending[0]);
            }
            // A request for TLS comes first and has no type either; the socket refuses it.
            started |= length != TLS_REQUEST_BYTES;
            pending.drain(..at + length);
        }
        if to_server.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_warm_query_is_one_round_trip_without_parse() {
    let mut api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["one", "two"]).await;
    let directory = scratch_dir();
    let seen = Arc::new(Seen::default());
    let real = api.test.socket();
    let listener = UnixListener::bind(directory.join(real.file_name().expect("a socket's name")))
        .expect("a socket");
    let proxied = seen.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = UnixStream::connect(&real).await.expect("PostgreSQL");
            tokio::spawn(pass(client, server, proxied.clone()));
        }
    });
    api.restart_through(&directory).await;
    let query = "query ($first: Int!) { notes(first: $first) { totalCount nodes { content cluster { title } } } clusters { nodes { notes { nodes { id } } } } }";
    for first in [1, 2] {
        api.data(&ada, query, json!({ "first": first })).await;
    }
    seen.take();
    api.data(&ada, query, json!({"first": 3})).await;
    let (messages, turns) = seen.take();
    assert!(
        !messages.contains('P'),
        "a warm query is parsed: {messages}"
    );
    assert_eq!(turns, 1, "a warm query takes one round trip: {messages}");
    // PostgreSQL answers at a Sync: there is one, after everything else.
    assert!(
        messages.ends_with('S') && messages.matches(['S', 'Q']).count() == 1,
        "{messages}"
    );
    // A single write is one round trip as well.
    let create =
        "mutation ($content: String!) { createNote(input: {content: $content}) { id content } }";
    for content in ["a", "b"] {
        api.data(&ada, create, json!({ "content": content })).await;
    }
    seen.take();
    api.data(&ada, create, json!({"content": "c"})).await;
    let (messages, turns) = seen.take();
    assert_eq!((messages.as_str(), turns), ("BEBES", 1));
}
