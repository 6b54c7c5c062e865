use serde_json::{Value, json};
use uuid::Uuid;

use super::server::{Client, Server, anon, token};
use crate::support::{TestDb, until};

#[tokio::test]
async fn channels_joins_and_messages_have_limits() {
    let test = TestDb::new().await;
    let flags = [
        "--realtime-max-channels",
        "2",
        "--realtime-max-joins-per-second",
        "3",
        "--realtime-max-events-per-second",
        "5",
        "--realtime-max-presence-per-second",
        "2",
    ];
    let server = Server::start(&test.db, &flags).await;
    let mut client = server.client(&anon()).await;
    let join = client.joined("realtime:a", json!({})).await;
    let other = client.joined("realtime:b", json!({})).await;
    let (_, reply) = client.join("realtime:c", json!({})).await;
    assert_eq!(
        reply["response"]["reason"],
        "ChannelRateLimitReached: Too many channels"
    );
    let (_, reply) = client.join("realtime:d", json!({})).await;
    assert_eq!(
        reply["response"]["reason"],
        "ClientJoinRateLimitReached: Too many joins per second"
    );
    for _ in 0..6 {
        client
            .broadcast(&join, "realtime:a", "often", 1, b"{}")
            .await;
    }
    assert_eq!(
        client.next_text().await[4]["message"],
        "Too many messages per second"
    );
    assert_eq!(client.next_text().await[3], "phx_close");
    for _ in 0..3 {
        client
            .push(
                Some(&other),
                "realtime:b",
                "presence",
                json!({"event": "untrack"}),
            )
            .await;
    }
    for _ in 0..2 {
        assert_eq!(client.next_text().await[4]["status"], "ok");
    }
    assert_eq!(
        client.next_text().await[4]["message"],
        "Client presence rate limit exceeded"
    );
    assert!(
        server
            .figures()
            .await
            .contains("mindloom_realtime_dropped_total{reason=\"rate_limit\"} 2")
    );
}

/// How two sockets that send at once fare, where one message a second is allowed: `ok`, or why not.
async fn both_send(sockets: &mut [Client; 2], event: &str, payload: Value) -> [String; 2] {
    let mut joins = Vec::new();
    for client in sockets.iter_mut() {
        let config = json!({"broadcast": {"ack": true}});
        joins.push(client.joined("realtime:room", config).await);
    }
    for (client, join) in sockets.iter_mut().zip(&joins) {
        client
            .push(Some(join), "realtime:room", event, payload.clone())
            .await;
    }
    let [one, other] = sockets;
    let (one, other) = tokio::join!(fate(one), fate(other));
    let mut fates = [one, other];
    fates.sort();
    fates
}

async fn fate(client: &mut Client) -> String {
    loop {
        let text = client.next_text().await;
        let said = match text[3].as_str() {
            Some("phx_reply") => &text[4]["status"],
            Some("system") => &text[4]["message"],
            _ => continue,
        };
        return said.as_str().unwrap_or_default().to_owned();
    }
}

#[tokio::test]
async fn sockets_of_one_caller_share_what_it_may_send() {
    let test = TestDb::new().await;
    let flags = [
        "--realtime-max-events-per-second",
        "1",
        "--realtime-max-presence-per-second",
        "1",
    ];
    let server = Server::start(&test.db, &flags).await;
    let user = |number| token("authenticated", Some(Uuid::from_u128(number)), 600);
    let broadcast = json!({"type": "broadcast", "event": "e", "payload": {}});
    let presence = json!({"type": "presence", "event": "untrack"});
    let (ada, ben) = (user(1), user(2));
    let mut same = [server.client(&ada).await, server.client(&ada).await];
    assert_eq!(
        both_send(&mut same, "broadcast", broadcast.clone()).await,
        ["Too many messages per second", "ok"]
    );
    let mut same = [server.client(&ada).await, server.client(&ada).await];
    assert_eq!(
        both_send(&mut same, "presence", presence).await,
        ["Client presence rate limit exceeded", "ok"]
    );
    let cy = user(3);
    let mut different = [server.client(&ben).await, server.client(&cy).await];
    assert_eq!(
        both_send(&mut different, "broadcast", broadcast).await,
        ["ok", "ok"]
    );
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off_and_nobody_else_notices() {
    let test = TestDb::new().await;
    let flags = [
        "--realtime-max-waiting-bytes",
        "300000",
        "--realtime-max-events-per-second",
        "100000",
    ];
    let server = Server::start(&test.db, &flags).await;
    let mut stalled = server.client(&anon()).await;
    stalled.joined("realtime:room", json!({})).await;
    let mut reader = server.client(&anon()).await;
    reader.joined("realtime:room", json!({})).await;
    let mut sender = server.client(&anon()).await;
    let join = sender.joined("realtime:room", json!({})).await;
    let payload = json!("x".repeat(50_000)).to_string();
    // More than the kernel's buffers and the limit together hold.
    for number in 0..600 {
        sender
            .broadcast(
                &join,
                "realtime:room",
                &format!("n{number}"),
                1,
                payload.as_bytes(),
            )
            .await;
        assert_eq!(reader.next_broadcast().await.0, format!("n{number}"));
    }
    until("the stalled one is gone", || server.connections() == 2).await;
    assert!(
        server
            .figures()
            .await
            .contains("mindloom_realtime_dropped_total{reason=\"slow_client\"} 1")
    );
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &["--realtime-idle-ms", "1000"]).await;
    let mut client = server.client(&anon()).await;
    assert_eq!(client.closed().await, 1001);
}
