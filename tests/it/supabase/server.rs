//! A server on a database of its own, and a client that sees every frame.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::{SinkExt, StreamExt};
use mindloom::{
    auth::Verifier,
    db::Db,
    http::{Protocol, Sockets},
    realtime::channels::Channels,
};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest as _, http::StatusCode},
};
use uuid::Uuid;

use crate::support::server::{self, RunningServer};

/// What signs the tokens of these tests.
pub const SECRET: &[u8] = server::SECRET.as_bytes();
/// What the figures are shown for.
const FIGURES: &str = "a token of the figures";
/// Longer than anything here takes; a message that has not come by then never will.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Server {
    pub address: SocketAddr,
    pub channels: Channels,
    pub verifier: Arc<Verifier>,
    pub sockets: Arc<Sockets>,
    server: RunningServer,
}

impl Server {
    pub async fn start(db: &Db, flags: &[&str]) -> Self {
        let own = ["--jwt-leeway-s", "0", "--metrics-token", FIGURES];
        let server = RunningServer::start(db, &[&own[..], flags].concat()).await;
        Server {
            address: server.address,
            channels: server.app.state.channels.clone(),
            verifier: Arc::clone(server.app.http.verifier()),
            sockets: Arc::clone(server.app.http.sockets()),
            server,
        }
    }

    /// Stops it as the program does.
    pub async fn stop(self) {
        self.server.stop().await;
    }

    /// How many sockets are open.
    pub fn connections(&self) -> usize {
        self.sockets.open(Protocol::Supabase)
    }

    /// Opens a socket, and says what the server answered when it does not open one.
    pub async fn open(&self, query: &str) -> Result<Client, (StatusCode, Value)> {
        Client::open(&self.address.to_string(), query).await
    }

    /// A socket of protocol version 2 for a token.
    pub async fn client(&self, token: &str) -> Client {
        self.open(&format!("?vsn=2.0.0&apikey={token}"))
            .await
            .unwrap_or_else(|refused| panic!("{refused:?}"))
    }

    /// The text of the metrics.
    pub async fn figures(&self) -> String {
        let address = format!("http://{}/metrics", self.address);
        let asked = reqwest::Client::new().get(address).bearer_auth(FIGURES);
        asked
            .send()
            .await
            .expect("an answer")
            .text()
            .await
            .expect("text")
    }
}

/// A token for a role, valid for `seconds`.
pub fn token(role: &str, user: Option<Uuid>, seconds: i64) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let exp = now.saturating_add_signed(seconds);
    let mut claims = json!({"role": role, "aud": "authenticated", "iat": now, "exp": exp});
    if let Some(user) = user {
        claims["sub"] = json!(user);
        claims["session_id"] = json!(user);
    }
    sign(&claims)
}

/// A token with these claims.
pub fn sign(claims: &Value) -> String {
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET);
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), claims, &key).expect("a token")
}

/// The token of nobody in particular.
pub fn anon() -> String {
    token("anon", None, 600)
}

/// A client that speaks version 2 and sees every frame.
pub struct Client {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next: u32,
}

impl Client {
    /// Opens a socket at an address, and says what the server answered when it does not open one.
    pub async fn open(address: &str, query: &str) -> Result<Client, (StatusCode, Value)> {
        Client::open_from(address, query, "192.0.2.1").await
    }

    /// The same through a proxy that saw the client at an address.
    pub async fn open_from(
        address: &str,
        query: &str,
        client_ip: &str,
    ) -> Result<Client, (StatusCode, Value)> {
        let address = format!("ws://{address}/realtime/v1/websocket{query}");
        let mut request = address.as_str().into_client_request().expect("an address");
        let client_ip = client_ip.parse().expect("a header's value");
        request.headers_mut().insert("x-forwarded-for", client_ip);
        match tokio_tungstenite::connect_async(request).await {
            Ok((stream, _)) => Ok(Client { stream, next: 1 }),
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                Err((
                    response.status(),
                    serde_json::from_slice(body).unwrap_or_default(),
                ))
            }
            Err(error) => panic!("{address}: {error}"),
        }
    }

    /// Sends a message of a channel; returns its reference.
    pub async fn push(
        &mut self,
        join_ref: Option<&str>,
        topic: &str,
        event: &str,
        payload: Value,
    ) -> String {
        let reference = self.next.to_string();
        self.next += 1;
        self.text(json!([join_ref, reference, topic, event, payload]).to_string())
            .await;
        reference
    }

    pub async fn text(&mut self, text: String) {
        self.stream.send(Message::text(text)).await.expect("sent");
    }

    pub async fn binary(&mut self, bytes: Vec<u8>) {
        self.stream
            .send(Message::binary(bytes))
            .await
            .expect("sent");
    }

    /// Sends a broadcast in the binary form.
    pub async fn broadcast(
        &mut self,
        join_ref: &str,
        topic: &str,
        event: &str,
        encoding: u8,
        payload: &[u8],
    ) -> String {
        let reference = self.next.to_string();
        self.next += 1;
        let length = |text: &str| u8::try_from(text.len()).expect("a short name");
        let mut bytes = vec![
            3,
            length(join_ref),
            length(&reference),
            length(topic),
            length(event),
            0,
            encoding,
        ];
        for part in [join_ref, &reference, topic, event] {
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes.extend_from_slice(payload);
        self.binary(bytes).await;
        reference
    }

    /// Joins a topic and returns the reference of the join and the reply's payload.
    pub async fn join(&mut self, topic: &str, payload: Value) -> (String, Value) {
        let reference = self.next.to_string();
        self.next += 1;
        self.text(json!([reference, reference, topic, "phx_join", payload]).to_string())
            .await;
        let reply = self.next_text().await;
        assert_eq!(
            (&reply[1], &reply[3]),
            (&json!(reference), &json!("phx_reply")),
            "{reply}"
        );
        (reference, reply[4].clone())
    }

    /// Joins a topic and expects that to work.
    pub async fn joined(&mut self, topic: &str, config: Value) -> String {
        let (reference, reply) = self.join(topic, json!({"config": config})).await;
        assert_eq!(reply["status"], "ok", "{reply}");
        reference
    }

    /// The next frame.
    pub async fn next(&mut self) -> Message {
        let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
        next.expect("a frame in time")
            .expect("an open socket")
            .expect("a frame")
    }

    /// The next frame, which has to be text.
    pub async fn next_text(&mut self) -> Value {
        match self.next().await {
            Message::Text(text) => serde_json::from_str(&text).expect("JSON"),
            other => panic!("expected text, got {other:?}"),
        }
    }

    /// The next frame, which has to be a broadcast in the binary form: event and payload.
    pub async fn next_broadcast(&mut self) -> (String, Vec<u8>) {
        let (event, _, payload) = self.next_broadcast_with_meta().await;
        (event, payload)
    }

    /// As [`Client::next_broadcast`], with the metadata between.
    pub async fn next_broadcast_with_meta(&mut self) -> (String, String, Vec<u8>) {
        let Message::Binary(bytes) = self.next().await else {
            panic!("expected a binary frame")
        };
        assert_eq!(bytes[0], 4, "{bytes:?}");
        let (topic, event, meta) = (
            usize::from(bytes[1]),
            usize::from(bytes[2]),
            usize::from(bytes[3]),
        );
        let rest = &bytes[5 + topic..];
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        (
            text(&rest[..event]),
            text(&rest[event..event + meta]),
            rest[event + meta..].to_vec(),
        )
    }

    /// The code of the close frame that comes next.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.next().await {
                return frame.map_or(1005, |frame| frame.code.into());
            }
        }
    }

    /// Fails if anything comes before the answer to a heartbeat: nothing was on its way then.
    pub async fn nothing_comes(&mut self) {
        let reference = self.push(None, "phoenix", "heartbeat", json!({})).await;
        let reply = self.next_text().await;
        assert_eq!(
            reply,
            json!([null, reference, "phoenix", "phx_reply", {"status": "ok", "response": {}}])
        );
    }
}
