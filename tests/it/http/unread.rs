//! Bodies that the server does not read: whoever sends one gets the answer all the same.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Server, node};

const MIB: usize = 1 << 20;

/// Sends a head and as much of a body as the server takes; the status of the answer, and how much was sent.
async fn send(server: &Server, head: &str, body_bytes: usize) -> (String, usize) {
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    stream
        .write_all(head.as_bytes())
        .await
        .expect("the head is sent");
    let (mut reading, mut writing) = stream.split();
    let sending = async {
        let piece = [b' '; 64 << 10];
        let mut sent = 0;
        while sent < body_bytes {
            let length = piece.len().min(body_bytes - sent);
            writing
                .write_all(&piece[..length])
                .await
                .expect("the server goes on reading");
            sent += length;
        }
        sent
    };
    let answering = async {
        let mut status = [0; 12];
        reading.read_exact(&mut status).await.expect("an answer");
        String::from_utf8_lossy(&status).into_owned()
    };
    let both = async { tokio::join!(answering, sending) };
    tokio::time::timeout(Duration::from_secs(20), both)
        .await
        .expect("in time")
}

fn head(path: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_long_body_for_nobody_is_taken_and_answered() {
    let server = Server::start(&[]).await;
    for (path, length, status) in [
        ("/no/such/path", 3 * MIB, "404"),
        ("/graphql", 20 * MIB, "413"),
        ("/graphiql", 3 * MIB, "405"),
    ] {
        let answer = send(&server, &head(path, length), length).await;
        assert_eq!(answer, (format!("HTTP/1.1 {status}"), length), "{path}");
    }
}

#[tokio::test]
async fn the_connection_serves_the_next_request() {
    let server = Server::start(&[]).await;
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    let body = vec![b' '; 3 * MIB];
    let next = "GET /graphql?query=%7Bversion%7D HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    for part in [
        head("/no/such/path", body.len()).as_bytes(),
        &body[..],
        next.as_bytes(),
    ] {
        stream.write_all(part).await.expect("sent");
    }
    let mut answers = String::new();
    stream
        .read_to_string(&mut answers)
        .await
        .expect("two answers");
    assert!(answers.starts_with("HTTP/1.1 404"), "{answers}");
    assert!(
        answers.ends_with(r#"{"data":{"version":"0"}}"#),
        "{answers}"
    );
}

#[tokio::test]
async fn whoever_waits_to_be_told_to_send_is_not_told() {
    let server = Server::start(&[]).await;
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    let head =
        head("/no/such/path", 3 * MIB).replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.expect("an answer");
    assert_eq!(&status, b"HTTP/1.1 404");
}

#[tokio::test]
async fn reading_for_nobody_ends() {
    let server = Server::start(&["--body-timeout-ms", "300"]).await;
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    stream
        .write_all(head("/no/such/path", 3 * MIB).as_bytes())
        .await
        .expect("sent");
    let begin = Instant::now();
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .await
        .expect("an answer, and the end");
    assert!(answer.starts_with(b"HTTP/1.1 404"));
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fetch_of_node_sees_the_answer() {
    if node::is_installed().await {
        let server = Server::start(&[]).await;
        node::run("unread.mjs", &[&format!("http://{}", server.address)]).await;
    }
}
