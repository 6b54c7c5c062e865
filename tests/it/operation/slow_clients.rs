//! Clients that send slowly, or nothing, hold up nobody.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{TestDb, program::Program, scratch_dir};

/// Descriptors of the server: room for some 150 connections.
const DESCRIPTORS: u32 = 256;
/// Slow clients at once: more than there is room for.
const CLIENTS: usize = 200;
const FLAGS: [&str; 12] = [
    "--header-timeout-ms",
    "1500",
    "--body-timeout-ms",
    "1500",
    "--idle-timeout-ms",
    "1500",
    "--http2-ping-ms",
    "1000",
    "--socket-init-ms",
    "1000",
    "--max-connections-per-address",
    "0",
];
/// The longest of those times, twice for pings, with room for a busy machine.
const ENDED_WITHIN: Duration = Duration::from_secs(8);
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);

/// What the slow clients send before they fall silent.
fn openings() -> Vec<(&'static str, Vec<u8>)> {
    let half_body = |path: &str, kind: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 100\r\n\r\n{{\"que"
        )
        .into_bytes()
    };
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    vec![
        ("nothing", Vec::new()),
        (
            "half a head",
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nConte".to_vec(),
        ),
        (
            "half a body to /graphql",
            half_body("/graphql", "application/json"),
        ),
        (
            "half a body to /auth/v1/verify",
            half_body("/auth/v1/verify", "application/x-www-form-urlencoded"),
        ),
        (
            "half a body to the broadcast",
            half_body("/realtime/v1/api/broadcast", "application/json"),
        ),
        ("the preface of HTTP/2", preface.clone()),
        (
            "an open stream of HTTP/2",
            [preface, open_stream()].concat(),
        ),
        (
            "a socket's handshake",
            b"GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
              Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
              Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
                .to_vec(),
        ),
        (
            "a whole request, and no other",
            b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        ),
    ]
}

/// A HEADERS frame that begins a POST to /graphql as JSON and does not end it.
fn open_stream() -> Vec<u8> {
    let literal = |index: &[u8], text: &str| {
        let length = u8::try_from(text.len()).expect("short");
        [index, &[length], text.as_bytes()].concat()
    };
    let block = [
        vec![0x83, 0x86],
        literal(&[0x04], "/graphql"),
        literal(&[0x01], "x"),
        literal(&[0x0f, 0x10], "application/json"),
    ]
    .concat();
    let length = u8::try_from(block.len()).expect("short");
    [vec![0, 0, length, 1, 4, 0, 0, 0, 1], block].concat()
}

/// How long a server keeps a client that sends this and no more.
async fn kept(address: &str, opening: &[u8]) -> Duration {
    let begun = Instant::now();
    let Ok(mut stream) = TcpStream::connect(address).await else {
        return begun.elapsed();
    };
    let _ = stream.write_all(opening).await;
    let mut read = [0; 4096];
    while stream.read(&mut read).await.is_ok_and(|count| count > 0) {}
    begun.elapsed()
}

/// Asks as others do, and whether they were answered in time.
async fn ask(client: &reqwest::Client, address: &str) -> Result<(), String> {
    let healthy = client.get(format!("http://{address}/healthz")).send();
    let healthy = healthy.await.map_err(|error| format!("{error:?}"))?;
    let request = client.post(format!("http://{address}/graphql"));
    let answer = request.json(&json!({"query": "{ version }"})).send();
    let answer = answer.await.map_err(|error| format!("{error:?}"))?;
    let statuses = (healthy.status().as_u16(), answer.status().as_u16());
    let answer: Value = answer.json().await.map_err(|error| format!("{error:?}"))?;
    match statuses {
        (200, 200) if answer["data"]["version"].is_string() => Ok(()),
        _ => Err(format!("{statuses:?} {answer}")),
    }
}

/// The same, asked again when a connection was cut: in the moment in which two hundred come at once, one that has not
/// said anything yet looks like theirs.
async fn answered(client: &reqwest::Client, address: &str) -> Result<(), String> {
    let begun = Instant::now();
    loop {
        match ask(client, address).await {
            Err(_) if begun.elapsed() < ANSWERED_WITHIN => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            outcome => return outcome,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_are_ended_and_others_answered_meanwhile() {
    let test = TestDb::new().await;
    let flags = [&["--database-url", test.url()][..], &FLAGS].concat();
    let server = Program::serve_with(&scratch_dir(), &flags, DESCRIPTORS);
    let openings = openings();
    let slow = async {
        let clients = (0..CLIENTS).map(async |n| {
            let (what, opening) = &openings[n % openings.len()];
            (*what, kept(&server.address, opening).await)
        });
        join_all(clients).await
    };
    let others = async {
        // Each time anew: a connection that is kept would need no room.
        let client = reqwest::Client::builder()
            .pool_max_idle_per_host(0)
            .timeout(ANSWERED_WITHIN)
            .build()
            .expect("a client");
        let (mut asked, mut failed) = (0, Vec::new());
        loop {
            failed.extend(answered(&client, &server.address).await.err());
            asked += 1;
            println!("asked {asked}");
            if asked >= 20 {
                return failed;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let (slow, failed) = tokio::join!(tokio::time::timeout(ENDED_WITHIN * 3, slow), others);
    let slow = slow.expect("every slow client is ended");
    for (what, kept) in slow {
        assert!(kept < ENDED_WITHIN, "{what}: {kept:?}");
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_answered_when_every_seat_is_taken() {
    let test = TestDb::new().await;
    let flags = [
        "--database-url",
        test.url(),
        "--max-connections",
        "8",
        "--body-timeout-ms",
        "60000",
    ];
    let server = Program::serve_with(&scratch_dir(), &flags, DESCRIPTORS);
    let mut busy = Vec::new();
    let client = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .build()
        .expect("a client");
    let url = |path: &str| format!("http://{}{path}", server.address);
    let refused = async || {
        let request = client
            .post(url("/graphql"))
            .json(&json!({"query": "{ version }"}));
        request.send().await.expect("an answer")
    };
    let begun = Instant::now();
    // One that comes while the head of another is on its way may take its seat: they go on until all are taken.
    let answer = loop {
        let mut stream = TcpStream::connect(&server.address)
            .await
            .expect("it listens");
        let opening = &openings()[2].1;
        stream.write_all(opening).await.expect("written");
        busy.push(stream);
        let answer = refused().await;
        if answer.status() == 503 || begun.elapsed() > ENDED_WITHIN {
            break answer;
        }
    };
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "1");
    for path in ["/healthz", "/readyz"] {
        let answer = client.get(url(path)).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_only_its_share_of_connections() {
    let test = TestDb::new().await;
    let flags = [
        "--database-url",
        test.url(),
        "--max-connections-per-address",
        "4",
    ];
    let server = Program::serve_with(&scratch_dir(), &flags, DESCRIPTORS);
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(&server.address)
            .await
            .expect("it listens");
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .expect("written");
        let mut read = [0; 1024];
        let count = stream.read(&mut read).await.expect("an answer");
        assert!(read[..count].starts_with(b"HTTP/1.1 200"));
        open.push(stream);
    }
    let mut stream = TcpStream::connect(&server.address)
        .await
        .expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
    assert!(answer.contains("\r\nRetry-After: 1\r\n"), "{answer}");
}
