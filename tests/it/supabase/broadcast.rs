use serde_json::{Value, json};

use super::server::{Server, anon, token};
use crate::support::TestDb;

#[tokio::test]
async fn a_broadcast_reaches_every_member_but_its_sender() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let (mut sender, mut member, mut stranger) = (
        server.client(&anon()).await,
        server.client(&anon()).await,
        server.client(&anon()).await,
    );
    let join = sender.joined("realtime:room", json!({})).await;
    member.joined("realtime:room", json!({})).await;
    stranger.joined("realtime:other room", json!({})).await;
    sender
        .broadcast(&join, "realtime:room", "cursor", 1, br#"{"x":1}"#)
        .await;
    assert_eq!(
        member.next_broadcast().await,
        ("cursor".to_owned(), br#"{"x":1}"#.to_vec())
    );
    sender
        .broadcast(&join, "realtime:room", "bytes", 0, &[0, 255, 1])
        .await;
    assert_eq!(
        member.next_broadcast().await,
        ("bytes".to_owned(), vec![0, 255, 1])
    );
    sender.nothing_comes().await;
    stranger.nothing_comes().await;
}

#[tokio::test]
async fn a_text_broadcast_arrives_with_every_field_in_both_versions() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let (mut sender, mut second) = (server.client(&anon()).await, server.client(&anon()).await);
    let mut first = server
        .open(&format!("?apikey={}", anon()))
        .await
        .unwrap_or_else(|_| panic!("a socket"));
    let join = sender.joined("realtime:room", json!({})).await;
    second.joined("realtime:room", json!({})).await;
    let joining = json!({"topic": "realtime:room", "event": "phx_join", "payload": {}, "ref": "1", "join_ref": "1"});
    first.text(joining.to_string()).await;
    assert_eq!(first.next_text().await["payload"]["status"], "ok");
    let payload =
        json!({"type": "broadcast", "event": "note", "payload": {"a": 1}, "extra": [true]});
    sender
        .push(Some(&join), "realtime:room", "broadcast", payload.clone())
        .await;
    assert_eq!(
        second.next_text().await,
        json!([null, null, "realtime:room", "broadcast", payload])
    );
    assert_eq!(
        first.next_text().await,
        json!({"topic": "realtime:room", "event": "broadcast", "ref": null, "payload": payload})
    );
    // The first version has no form for bytes.
    sender
        .broadcast(&join, "realtime:room", "bytes", 0, &[1])
        .await;
    sender
        .broadcast(&join, "realtime:room", "json", 1, b"{}")
        .await;
    let expected = json!({"event": "json", "payload": {}, "type": "broadcast"});
    assert_eq!(first.next_text().await["payload"], expected);
}

#[tokio::test]
async fn ack_and_self_are_as_asked() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &["--realtime-max-message-bytes", "2000"]).await;
    let mut client = server.client(&anon()).await;
    let join = client
        .joined(
            "realtime:room",
            json!({"broadcast": {"ack": true, "self": true}}),
        )
        .await;
    let reference = client
        .broadcast(&join, "realtime:room", "cursor", 1, b"{}")
        .await;
    assert_eq!(client.next_broadcast().await.0, "cursor");
    let ok = json!({"status": "ok", "response": {}});
    assert_eq!(
        client.next_text().await,
        json!([join, reference, "realtime:room", "phx_reply", ok])
    );
    let long = json!("x".repeat(3000)).to_string();
    client
        .broadcast(&join, "realtime:room", "long", 1, long.as_bytes())
        .await;
    let refused = client.next_text().await;
    assert_eq!(
        refused[4]["response"]["reason"],
        "PayloadTooLarge: The message is longer than this server takes"
    );
    client
        .push(
            Some(&join),
            "realtime:room",
            "broadcast",
            json!({"no": "event"}),
        )
        .await;
    assert_eq!(client.next_text().await[4]["status"], "error");
}

#[tokio::test]
async fn leaving_and_joining_again() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let mut client = server.client(&anon()).await;
    let first = client.joined("realtime:room", json!({})).await;
    // A second join of the topic takes the place of the first, which is closed.
    let second = client
        .push(None, "realtime:room", "phx_join", json!({}))
        .await;
    let closed = client.next_text().await;
    assert_eq!(
        closed,
        json!([first, first, "realtime:room", "phx_close", {}])
    );
    assert_eq!(client.next_text().await[1], json!(second));
    let leave = client
        .push(None, "realtime:room", "phx_leave", json!({}))
        .await;
    let ok = json!({"status": "ok", "response": {}});
    assert_eq!(
        client.next_text().await,
        json!([null, leave, "realtime:room", "phx_reply", ok])
    );
    assert_eq!(client.next_text().await[3], "phx_close");
    let leave = client
        .push(Some("7"), "realtime:room", "phx_leave", json!({}))
        .await;
    assert_eq!(
        client.next_text().await,
        json!(["7", leave, "realtime:room", "phx_reply", ok])
    );
    let (_, refused) = client.join("realtime:", json!({})).await;
    assert_eq!(
        refused["response"]["reason"],
        "TopicNameRequired: You must provide a topic name"
    );
}

async fn post(
    server: &Server,
    path: &str,
    kind: &str,
    token: Option<&str>,
    body: Vec<u8>,
) -> (u16, Value) {
    let request = reqwest::Client::new()
        .post(format!(
            "http://{}/realtime/v1/api/broadcast{path}",
            server.address
        ))
        .header("content-type", kind)
        .body(body);
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let response = request.send().await.expect("an answer");
    (
        response.status().as_u16(),
        response.json().await.unwrap_or_default(),
    )
}

#[tokio::test]
async fn broadcasts_over_http() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let mut member = server.client(&anon()).await;
    member.joined("realtime:room", json!({})).await;
    let json_kind = "application/json";
    let batch = json!({"messages": [
        {"topic": "room", "event": "one", "payload": {"n": 1}},
        {"topic": "room", "event": "two", "payload": {"n": 2}, "private": false},
    ]});
    let anon = anon();
    let (status, _) = post(
        &server,
        "",
        json_kind,
        Some(&anon),
        batch.to_string().into(),
    )
    .await;
    assert_eq!(status, 202);
    assert_eq!(
        member.next_broadcast().await,
        ("one".to_owned(), br#"{"n":1}"#.to_vec())
    );
    assert_eq!(
        member.next_broadcast().await,
        ("two".to_owned(), br#"{"n":2}"#.to_vec())
    );
    let (status, _) = post(
        &server,
        "/room/events/three%20four",
        json_kind,
        Some(&anon),
        b"[3]".to_vec(),
    )
    .await;
    assert_eq!(status, 202);
    assert_eq!(
        member.next_broadcast().await,
        ("three four".to_owned(), b"[3]".to_vec())
    );
    let (status, _) = post(
        &server,
        "/room/events/bytes",
        "application/octet-stream",
        Some(&anon),
        vec![0, 255],
    )
    .await;
    assert_eq!(status, 202);
    assert_eq!(
        member.next_broadcast().await,
        ("bytes".to_owned(), vec![0, 255])
    );

    let private = json!({"messages": [
        {"topic": "room", "event": "public", "payload": {}},
        {"topic": "room", "event": "secret", "payload": {}, "private": true},
    ]});
    for (kind, token, body, expected) in [
        (json_kind, None, batch.to_string(), 401),
        (json_kind, Some("nonsense"), batch.to_string(), 401),
        (json_kind, Some(&*anon), "{}".to_owned(), 422),
        (
            json_kind,
            Some(&*anon),
            json!({"messages": []}).to_string(),
            422,
        ),
        (json_kind, Some(&*anon), private.to_string(), 403),
    ] {
        let (status, answer) = post(&server, "", kind, token, body.clone().into()).await;
        assert_eq!(status, expected, "{body}: {answer}");
        assert!(answer["message"].is_string(), "{body}: {answer}");
    }
    let (status, _) = post(
        &server,
        "/room/events/x",
        "text/plain",
        Some(&anon),
        b"x".to_vec(),
    )
    .await;
    assert_eq!(status, 415);
    member.nothing_comes().await;
    let service = token("service_role", None, 600);
    let (status, _) = post(
        &server,
        "",
        json_kind,
        Some(&service),
        private.to_string().into(),
    )
    .await;
    assert_eq!(status, 202);
    assert_eq!(
        member.next_broadcast().await.0,
        "public",
        "the public half; the private channel is another one"
    );
    member.nothing_comes().await;
}
