//! Clients that read large answers slowly, or never: what is kept for them is bounded, and others are answered.

use futures_util::{SinkExt, StreamExt, future::join_all};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use super::{SECRET, token};
use crate::support::{
    TestDb,
    program::{Program, eventually, get},
    scratch_dir,
};

const MIB: u64 = 1 << 20;
/// What an answer of all notes comes to, at least.
const ANSWER_BYTES: usize = 7 << 20;
/// The budget: one caller may have four such answers.
const BUDGET_BYTES: u64 = 64 * MIB;
/// As many as would fill it three times over.
const READERS: usize = 24;
/// Beside the budget: answers that are being made, and what the allocator keeps of them.
const SLACK_BYTES: u64 = 160 * MIB;

const NOTES: &str = "{ notes(first: 150) { nodes { content } } }";

struct Server {
    program: Program,
    client: reqwest::Client,
    tokens: [String; 2],
    figures: String,
    _test: TestDb,
}

impl Server {
    /// A server on which two people have some seven megabytes of notes each.
    async fn start() -> Self {
        let test = TestDb::new().await;
        for email in ["ada@example.org", "bob@example.org"] {
            let id = test.user(email).await.user_id.expect("an id");
            let insert = format!(
                "insert into public.notes (user_id, content) \
                 select '{id}', repeat('x', 49990) || n from generate_series(1000, 1149) n"
            );
            test.run_as_owner(&insert).await.expect("notes");
        }
        let figures = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a free port")
            .to_string();
        let flags = [
            "--database-url",
            test.url(),
            "--jwt-secret",
            SECRET,
            "--max-unread-bytes",
            &BUDGET_BYTES.to_string(),
            "--max-answer-bytes",
            "16777216",
            // Longer than the test: nobody is cut off.
            "--socket-stall-ms",
            "60000",
            "--metrics-bind",
            &figures,
        ];
        Server {
            program: Program::serve(&scratch_dir(), &flags),
            client: reqwest::Client::new(),
            tokens: ["ada@example.org", "bob@example.org"]
                .map(|email| token(&test, &["--user", email])),
            figures,
            _test: test,
        }
    }

    /// An answer that is read at once.
    async fn ask(&self, person: usize, document: &str) -> (u16, Value) {
        let url = format!("http://{}/graphql", self.program.address);
        let request = self.client.post(url).json(&json!({ "query": document }));
        let answer = request.bearer_auth(&self.tokens[person]).send();
        let answer = answer.await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.expect("JSON"))
    }

    /// Asks and reads the status alone; the rest waits in the connection that is given.
    async fn ask_and_wait(&self, person: usize, document: &str) -> (String, TcpStream) {
        let socket = TcpSocket::new_v4().expect("a socket");
        // Else the system takes the answer for whoever does not read it.
        socket.set_recv_buffer_size(4_096).expect("a small buffer");
        let address = self.program.address.parse().expect("an address");
        let mut stream = socket.connect(address).await.expect("a connection");
        let body = json!({ "query": document }).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             accept: application/graphql-response+json\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n{body}",
            self.tokens[person],
            body.len()
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.expect("a status");
        (String::from_utf8_lossy(&status).into_owned(), stream)
    }

    fn unread_bytes(&self) -> f64 {
        let (status, text) = get(&self.figures, "/metrics");
        assert_eq!(status, 200);
        let mut lines = text.lines();
        let line = lines.find_map(|line| line.strip_prefix("mindloom_answers_unread_bytes "));
        line.expect("the figure").parse().expect("a number")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_readers_of_large_answers_take_a_bounded_part_and_others_are_answered() {
    let server = Server::start().await;
    assert_eq!(server.ask(0, NOTES).await.0, 200);
    let before = server.program.resident_memory_bytes();
    let readers = (0..READERS).map(|_| server.ask_and_wait(0, NOTES));
    let mut readers = join_all(readers).await;
    let served = readers
        .iter()
        .filter(|(status, _)| status == "HTTP/1.1 200")
        .count();
    let refused = readers
        .iter()
        .filter(|(status, _)| status == "HTTP/1.1 503")
        .count();
    assert!((1..=5).contains(&served), "{served} of {READERS}");
    assert_eq!(refused, READERS - served);
    let unread = server.unread_bytes();
    assert!(unread >= (served * ANSWER_BYTES) as f64, "{unread}");
    assert!(unread <= BUDGET_BYTES as f64, "{unread}");
    let grown = server
        .program
        .resident_memory_bytes()
        .saturating_sub(before);
    assert!(grown < BUDGET_BYTES + SLACK_BYTES, "{} MiB", grown / MIB);
    // Whoever has so much unread is told so, and when to come back; small questions of theirs are answered.
    let (status, answer) = server.ask(0, NOTES).await;
    let error = &answer["errors"][0];
    assert_eq!(
        (status, &error["extensions"]["code"]),
        (503, &json!("UNAVAILABLE"))
    );
    assert!(error["extensions"]["retryAfterMs"].is_u64(), "{answer}");
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|text| text.contains("not read yet"))
    );
    assert_eq!(server.ask(0, "{ me { email } }").await.0, 200);
    // Nobody else is concerned, however much they ask for.
    for _ in 0..3 {
        let (status, answer) = server.ask(1, NOTES).await;
        let notes = answer["data"]["notes"]["nodes"].as_array();
        assert_eq!((status, notes.map(Vec::len)), (200, Some(150)));
    }
    // Reading makes room, and so does going away.
    let held = |(status, _): &(String, TcpStream)| status == "HTTP/1.1 200";
    let place = readers.iter().position(held).expect("one that waits");
    let (_, mut reader) = readers.swap_remove(place);
    let mut read = vec![0; ANSWER_BYTES];
    reader.read_exact(&mut read).await.expect("the answer");
    drop((reader, readers));
    eventually("everything is read or given up", || {
        server.unread_bytes() == 0.0
    });
    assert_eq!(server.ask(0, NOTES).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_does_not_read_counts_until_it_is_read() {
    let server = Server::start().await;
    let url = format!("ws://{}/graphql", server.program.address);
    let mut upgrade = url.into_client_request().expect("a request");
    let headers = upgrade.headers_mut();
    headers.insert(
        "sec-websocket-protocol",
        "graphql-transport-ws".parse().expect("a name"),
    );
    let bearer = format!("Bearer {}", server.tokens[0]);
    headers.insert("authorization", bearer.parse().expect("a token"));
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let address = server.program.address.parse().expect("an address");
    let stream = socket.connect(address).await.expect("a connection");
    let (mut socket, _) = tokio_tungstenite::client_async(upgrade, stream)
        .await
        .expect("a socket");
    let init = r#"{"type":"connection_init"}"#;
    socket.send(Message::text(init)).await.expect("sent");
    let subscribe = json!({"type": "subscribe", "id": "1", "payload": {"query": NOTES}});
    socket
        .send(Message::text(subscribe.to_string()))
        .await
        .expect("sent");
    eventually("the answer waits", || server.unread_bytes() > 0.0);
    let held = server.unread_bytes();
    assert!(held >= ANSWER_BYTES as f64, "{held}");
    let answered = loop {
        let message = socket.next().await.expect("a message").expect("no fault");
        if message.to_string().contains(r#""type":"next""#) {
            break message.len();
        }
    };
    assert!(answered >= ANSWER_BYTES, "{answered}");
    eventually("it is read", || server.unread_bytes() == 0.0);
}
