use serde_json::json;

use super::server::{Server, anon, token};
use crate::support::TestDb;

#[tokio::test]
async fn refusals_say_why() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &["--realtime-max-connections", "1"]).await;
    let expired = token("anon", None, -60);
    let forged = format!("{}x", anon());
    for (query, status, error) in [
        (String::new(), 401, "API key is missing"),
        ("?apikey=".to_owned(), 401, "API key is missing"),
        (
            "?apikey=nonsense".to_owned(),
            401,
            "The token provided is not a valid JWT",
        ),
        (format!("?apikey={expired}"), 401, "The token has expired"),
        (
            format!("?apikey={forged}"),
            401,
            "The token's signature is wrong",
        ),
        (
            format!("?apikey={}&vsn=9.0.0", anon()),
            403,
            "The versions 1.0.0 and 2.0.0 are spoken here",
        ),
    ] {
        let (found, body) = server.open(&query).await.err().expect("a refusal");
        assert_eq!(
            (found.as_u16(), &body["error"]),
            (status, &json!(error)),
            "{query}"
        );
    }
    let _first = server.client(&anon()).await;
    let (status, _) = server
        .open(&format!("?apikey={}", anon()))
        .await
        .err()
        .expect("one too many");
    assert_eq!(status, 429);
    let plain = reqwest::get(format!(
        "http://{}/realtime/v1/websocket?apikey={}",
        server.address,
        anon()
    ))
    .await;
    assert_eq!(plain.expect("an answer").status(), 426);
    assert!(
        server
            .figures()
            .await
            .contains("mindloom_realtime_refused_total 8")
    );
}

#[tokio::test]
async fn both_versions_are_spoken_and_the_first_is_the_default() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let mut first = server
        .open(&format!("?apikey={}", anon()))
        .await
        .unwrap_or_else(|_| panic!("a socket"));
    first
        .text(r#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}"#.to_owned())
        .await;
    assert_eq!(
        first.next_text().await,
        json!({"topic": "phoenix", "event": "phx_reply", "ref": "1", "payload": {"status": "ok", "response": {}}})
    );
    let mut second = server.client(&anon()).await;
    second.nothing_comes().await;
    assert!(
        server
            .figures()
            .await
            .contains("mindloom_realtime_connections{transport=\"supabase\"} 2")
    );
}

#[tokio::test]
async fn a_stopping_server_tells_everybody_to_reconnect() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &["--drain-spread-ms", "50"]).await;
    let mut clients = vec![server.client(&anon()).await, server.client(&anon()).await];
    clients[0].joined("realtime:room", json!({})).await;
    clients[1].nothing_comes().await;
    server.sockets.drain();
    for client in &mut clients {
        assert_eq!(client.closed().await, 1012);
    }
    let (status, _) = server
        .open(&format!("?apikey={}", anon()))
        .await
        .err()
        .expect("no new sockets");
    assert_eq!(status, 503);
}

#[tokio::test]
async fn what_is_no_message_ends_nothing_and_what_breaks_the_protocol_does() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &["--realtime-max-message-bytes", "1000"]).await;
    let mut client = server.client(&anon()).await;
    client.text("{not json".to_owned()).await;
    client.text("[1,2]".to_owned()).await;
    client.binary(vec![9, 9, 9]).await;
    client.nothing_comes().await;
    let reference = client
        .push(Some("1"), "realtime:elsewhere", "broadcast", json!({}))
        .await;
    assert_eq!(
        client.next_text().await,
        json!(["1", reference, "realtime:elsewhere", "phx_reply",
            {"status": "error", "response": {"reason": "unmatched topic"}}])
    );
    client.text("x".repeat(100_000)).await;
    assert_eq!(client.closed().await, 1009);
}
