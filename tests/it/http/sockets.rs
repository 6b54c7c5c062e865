//! GraphQL over WebSocket: every close code, and what keeps a socket open.

use std::{fmt::Display, time::Duration};

use futures_util::{SinkExt, StreamExt};
use mindloom::auth::Role;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use uuid::Uuid;

use super::{SECRET, SOON, Server, UNTIL_SOON, token, token_for};
use crate::support::until;

/// A client that speaks the protocol by hand.
pub(super) struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    /// Open at an address, and acknowledged with this payload.
    pub(super) async fn at(address: impl Display, payload: Value) -> Self {
        let protocol = [("sec-websocket-protocol", "graphql-transport-ws")];
        let opened = Self::connect(address, &protocol).await;
        let mut client = opened.expect("an open socket");
        client
            .send(json!({"type": "connection_init", "payload": payload}))
            .await;
        assert_eq!(client.next().await, json!({"type": "connection_ack"}));
        client
    }

    /// A handshake with these headers; the status when it is refused.
    async fn handshake(server: &Server, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        Self::connect(server.address, headers).await
    }

    async fn connect(address: impl Display, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{address}/graphql")
            .into_client_request()
            .expect("a request");
        for (name, value) in headers {
            request
                .headers_mut()
                .insert(*name, value.parse().expect("a value"));
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Client(socket)),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
                Err(response.status().as_u16())
            }
            Err(error) => panic!("{error}"),
        }
    }

    async fn open(server: &Server) -> Self {
        Self::handshake(
            server,
            &[("sec-websocket-protocol", "graphql-transport-ws")],
        )
        .await
        .expect("an open socket")
    }

    /// Open, and acknowledged with this payload.
    pub(super) async fn ready(server: &Server, payload: Value) -> Self {
        Self::at(server.address, payload).await
    }

    /// Open and acknowledged by the older protocol.
    pub(super) async fn older(server: &Server) -> Self {
        let protocol = [("sec-websocket-protocol", "graphql-ws")];
        let opened = Self::handshake(server, &protocol).await;
        let mut client = opened.expect("an open socket");
        client.send(json!({"type": "connection_init"})).await;
        assert_eq!(client.next().await, json!({"type": "connection_ack"}));
        assert_eq!(client.next().await, json!({"type": "ka"}));
        client
    }

    pub(super) async fn send(&mut self, message: Value) {
        self.0
            .send(Message::text(message.to_string()))
            .await
            .expect("sent");
    }

    pub(super) async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(json!({"id": id, "type": "subscribe", "payload": {"query": query}}))
            .await;
    }

    /// The next message that is no ping.
    pub(super) async fn next(&mut self) -> Value {
        loop {
            match self.receive().await {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text).expect("JSON");
                    if message["type"] != "ping" {
                        return message;
                    }
                }
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    async fn receive(&mut self) -> Message {
        let next = tokio::time::timeout(Duration::from_secs(10), self.0.next()).await;
        next.expect("in time")
            .expect("a message")
            .expect("a whole one")
    }

    /// The code with which the server closes.
    async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.receive().await {
                return frame.map_or(1005, |frame| frame.code.into());
            }
        }
    }
}

const ENDLESS: &str = "subscription { ticks(count: 100000, everyMs: 10) }";

#[tokio::test]
async fn what_is_no_message_of_the_protocol_closes_4400() {
    let server = Server::start(&[]).await;
    for text in [
        "",
        "nonsense",
        "[]",
        "{}",
        r#"{"type": "unknown"}"#,
        r#"{"type": 3}"#,
        r#"{"type": "connection_init", "payload": 3}"#,
        r#"{"type": "subscribe"}"#,
        r#"{"type": "subscribe", "id": "", "payload": {"query": "{ version }"}}"#,
        r#"{"type": "subscribe", "id": 1, "payload": {"query": "{ version }"}}"#,
        r#"{"type": "start", "id": "1", "payload": {"query": "{ version }"}}"#,
    ] {
        let mut client = Client::open(&server).await;
        client.0.send(Message::text(text)).await.expect("sent");
        assert_eq!(client.closed().await, 4400, "{text}");
    }
    let mut client = Client::ready(&server, Value::Null).await;
    client
        .send(json!({"id": "1", "type": "subscribe", "payload": {"query": 3}}))
        .await;
    assert_eq!(client.closed().await, 4400);
    let mut client = Client::open(&server).await;
    client.0.send(Message::binary(vec![0])).await.expect("sent");
    assert_eq!(client.closed().await, 4400);
}

#[tokio::test]
async fn the_other_close_codes_of_the_protocol() {
    let server = Server::start(&["--socket-init-ms", "100"]).await;
    let mut unauthorized = Client::open(&server).await;
    unauthorized.subscribe("1", "{ version }").await;
    assert_eq!(unauthorized.closed().await, 4401);

    let mut forbidden = Client::open(&server).await;
    forbidden
        .send(json!({"type": "connection_init", "payload": {"authorization": "Bearer nonsense"}}))
        .await;
    assert_eq!(forbidden.closed().await, 4403);

    let mut unknown = Client::handshake(&server, &[])
        .await
        .expect("an open socket");
    assert_eq!(unknown.closed().await, 4406);

    let mut silent = Client::open(&server).await;
    assert_eq!(silent.closed().await, 4408);

    let mut twice = Client::ready(&server, Value::Null).await;
    twice.subscribe("1", ENDLESS).await;
    twice.subscribe("1", ENDLESS).await;
    assert_eq!(twice.closed().await, 4409);

    let mut eager = Client::ready(&server, Value::Null).await;
    eager.send(json!({"type": "connection_init"})).await;
    assert_eq!(eager.closed().await, 4429);
}

#[tokio::test]
async fn operations_answer_complete_and_end_when_told() {
    let server = Server::start(&["--max-socket-operations", "2"]).await;
    let mut client = Client::ready(&server, Value::Null).await;
    client.subscribe("q", "{ version }").await;
    assert_eq!(
        client.next().await,
        json!({"id": "q", "type": "next", "payload": {"data": {"version": "0"}}})
    );
    assert_eq!(client.next().await, json!({"id": "q", "type": "complete"}));
    client.subscribe("e", "{ nothing }").await;
    let refused = client.next().await;
    assert_eq!(
        (&refused["id"], &refused["type"]),
        (&json!("e"), &json!("error"))
    );
    assert!(refused["payload"][0]["message"].is_string());
    for id in ["a", "b", "c"] {
        client.subscribe(id, ENDLESS).await;
    }
    let limit = loop {
        let message = client.next().await;
        if message["id"] == "c" {
            break message;
        }
    };
    assert_eq!(limit["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
    assert_eq!(server.http.running().count(), 2);
    // A stopped operation says nothing more, and its name is free at once.
    client.send(json!({"id": "a", "type": "complete"})).await;
    client.send(json!({"id": "b", "type": "complete"})).await;
    client.subscribe("a", "{ version }").await;
    let last = loop {
        let message = client.next().await;
        if message["payload"]["data"]["version"] == "0" {
            break client.next().await;
        }
    };
    assert_eq!(last, json!({"id": "a", "type": "complete"}));
    client.send(json!({"type": "ping"})).await;
    assert_eq!(
        client.next().await,
        json!({"type": "pong"}),
        "nothing came in between"
    );
    assert_eq!(server.http.running().count(), 0);
}

#[tokio::test]
async fn a_socket_ends_with_its_token_and_its_session() {
    let server = Server::start(&["--jwt-leeway-s", "0"]).await;
    let mut expiring = Client::ready(
        &server,
        json!({"access_token": token_for(Uuid::new_v4(), SOON)}),
    )
    .await;
    expiring.subscribe("1", ENDLESS).await;
    assert_eq!(expiring.closed().await, 4403);

    let (user, session) = (Uuid::new_v4(), Uuid::new_v4());
    let claims = json!({"sub": user, "session_id": session, "role": Role::Authenticated.as_str(),
                        "aud": "authenticated", "exp": 4_000_000_000_u64});
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET);
    let signed =
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).expect("a token");
    let mut client = Client::ready(
        &server,
        json!({"headers": {"Authorization": format!("Bearer {signed}")}}),
    )
    .await;
    client.subscribe("1", "{ whoami }").await;
    assert_eq!(
        client.next().await["payload"]["data"]["whoami"],
        format!("authenticated Some({user})")
    );
    server.verifier.sessions().end_session(session);
    assert_eq!(client.closed().await, 4403);
}

#[tokio::test]
async fn a_token_is_renewed_by_a_ping() {
    let server = Server::start(&["--jwt-leeway-s", "0"]).await;
    let user = Uuid::new_v4();
    let mut client = Client::ready(
        &server,
        json!({"authorization": format!("Bearer {}", token_for(user, SOON))}),
    )
    .await;
    client.send(json!({"type": "ping", "payload": {"authorization": format!("Bearer {}", token_for(user, 60))}})).await;
    assert_eq!(
        client.next().await,
        json!({"type": "pong", "payload": {"renewed": true}})
    );
    tokio::time::sleep(UNTIL_SOON).await;
    client.subscribe("1", "{ version }").await;
    assert_eq!(
        client.next().await["type"],
        "next",
        "the old token's end is past"
    );
    client
        .send(json!({"type": "ping", "payload": {"authorization": "Bearer nonsense"}}))
        .await;
    assert_eq!(client.closed().await, 4403);
}

#[tokio::test]
async fn the_handshake_checks_origin_token_and_room() {
    let server = Server::start(&["--max-sockets", "1"]).await;
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let open = async |headers: &[(&'static str, &str)]| {
        let mut all = headers.to_vec();
        all.push(protocol);
        Client::handshake(&server, &all).await.map(drop)
    };
    assert_eq!(open(&[("origin", "https://evil.example")]).await, Err(403));
    assert_eq!(
        open(&[("authorization", "Bearer nonsense")]).await,
        Err(401)
    );
    assert_eq!(open(&[("origin", "http://localhost:3000")]).await, Ok(()));
    until("the first has left", || server.open() == 0).await;
    let bearer = format!("Bearer {}", token());
    let mut first = Client::handshake(&server, &[protocol, ("authorization", &bearer)])
        .await
        .expect("an open socket");
    assert_eq!(open(&[]).await, Err(503), "one socket is all there may be");
    first.send(json!({"type": "connection_init"})).await;
    first.next().await;
    first.subscribe("1", "{ whoami }").await;
    let who = first.next().await;
    assert!(
        who["payload"]["data"]["whoami"]
            .as_str()
            .is_some_and(|who| who.starts_with("authenticated")),
        "{who}"
    );
}

#[tokio::test]
async fn silent_and_idle_sockets_are_closed() {
    let server = Server::start(&["--socket-ping-ms", "50", "--socket-idle-ms", "400"]).await;
    let mut idle = Client::ready(&server, Value::Null).await;
    let mut pings = 0;
    loop {
        match idle.receive().await {
            Message::Text(text) if text.contains("\"ping\"") => {
                pings += 1;
                idle.send(json!({"type": "pong"})).await;
            }
            Message::Close(frame) => {
                assert_eq!(frame.map(|frame| u16::from(frame.code)), Some(1001));
                break;
            }
            _ => {}
        }
    }
    assert!(pings >= 4, "{pings}");
    // Never answers pings, although an operation runs.
    let mut silent = Client::ready(&server, Value::Null).await;
    silent
        .subscribe("1", "subscription { ticks(count: 1, everyMs: 100000) }")
        .await;
    assert_eq!(silent.closed().await, 1001);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let server = Server::start(&["--socket-stall-ms", "200", "--max-cost", "100000000"]).await;
    let mut stalled = Client::ready(&server, Value::Null).await;
    stalled
        .subscribe(
            "1",
            "subscription { ticks(count: 100000, everyMs: 0, size: 100000) }",
        )
        .await;
    let mut other = Client::ready(&server, Value::Null).await;
    until("it is cut off", || server.http.sockets().cut() > 0).await;
    other.subscribe("1", "{ version }").await;
    assert_eq!(other.next().await["type"], "next", "nobody else notices");
    // What was on its way, then the end: the code when there was room for it, else a broken connection.
    let end = loop {
        match tokio::time::timeout(Duration::from_secs(10), stalled.0.next())
            .await
            .expect("in time")
        {
            Some(Ok(Message::Close(frame))) => break frame.map(|frame| u16::from(frame.code)),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => break None,
        }
    };
    assert!(end.is_none_or(|code| code == 1013), "{end:?}");
}

#[tokio::test]
async fn a_server_that_stops_sends_clients_away_and_waits_for_answers() {
    let server = Server::start(&["--drain-spread-ms", "100"]).await;
    let mut streaming = Client::ready(&server, Value::Null).await;
    streaming.subscribe("1", ENDLESS).await;
    streaming.next().await;
    let mut waiting = Client::ready(&server, Value::Null).await;
    waiting.subscribe("1", "{ wait(ms: 400) }").await;
    until("both run", || server.http.running().count() == 2).await;
    server.http.sockets().drain();
    assert_eq!(streaming.closed().await, 1012);
    assert_eq!(waiting.next().await["payload"]["data"]["wait"], 400);
    assert_eq!(waiting.closed().await, 1012);
    tokio::time::timeout(Duration::from_secs(5), server.http.sockets().finished())
        .await
        .expect("all are gone");
    assert_eq!(server.open(), 0);
}

#[tokio::test]
async fn the_limits_hold_on_sockets() {
    let server = Server::start(&["--max-body-bytes", "10000"]).await;
    let mut client = Client::ready(&server, Value::Null).await;
    let aliases: String = (0..300).map(|n| format!("a{n}: version ")).collect();
    client.subscribe("1", &format!("{{ {aliases} }}")).await;
    assert_eq!(
        client.next().await["payload"][0]["extensions"]["code"],
        "LIMIT_EXCEEDED"
    );
    client.subscribe("2", &" ".repeat(20_000)).await;
    assert_eq!(client.closed().await, 1009);
}
