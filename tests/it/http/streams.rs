//! GraphQL over server-sent events, in both modes.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, header};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{SOON, Server, token, token_for};
use crate::support::until;

const EVENTS: &str = "text/event-stream";
const TOKEN: &str = "x-graphql-event-stream-token";

/// Reads events of a stream.
pub struct Events {
    response: Response,
    text: String,
}

impl Events {
    pub async fn open(request: RequestBuilder) -> Self {
        let response = request
            .header(header::ACCEPT, EVENTS)
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "text/event-stream; charset=utf-8"
        );
        Events {
            response,
            text: String::new(),
        }
    }

    /// The next event's name and data; nothing at the end of the stream. Comments are passed over.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| {
                    event
                        .lines()
                        .find_map(|line| line.strip_prefix(name))
                        .map(str::to_owned)
                };
                if let Some(name) = field("event: ") {
                    let data = field("data: ").and_then(|data| serde_json::from_str(&data).ok());
                    return Some((name, data.unwrap_or(Value::Null)));
                }
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.response.chunk())
                .await
                .expect("in time");
            self.text
                .push_str(std::str::from_utf8(&chunk.ok()??).expect("text"));
        }
    }
}

fn next(data: Value) -> Option<(String, Value)> {
    Some(("next".to_owned(), data))
}

#[tokio::test]
async fn a_stream_of_its_own_answers_and_completes() {
    let server = Server::start(&[]).await;
    let query = json!({"query": "subscription { ticks(count: 2, everyMs: 5) }"});
    let mut events = Events::open(server.post(&query)).await;
    assert_eq!(events.next().await, next(json!({"data": {"ticks": "0"}})));
    assert_eq!(events.next().await, next(json!({"data": {"ticks": "1"}})));
    assert_eq!(events.next().await.expect("an event").0, "complete");
    assert_eq!(events.next().await, None);
    let mut events = Events::open(
        server
            .client
            .get(server.url())
            .query(&[("query", "{ version }")]),
    )
    .await;
    assert_eq!(events.next().await, next(json!({"data": {"version": "0"}})));
    let mut refused = Events::open(server.post(&json!({"query": "{ nothing }"}))).await;
    assert!(refused.next().await.expect("an event").1["errors"].is_array());
    assert_eq!(refused.next().await.expect("an event").0, "complete");
    let mutation = server
        .client
        .get(server.url())
        .query(&[("query", "mutation { touch }")]);
    assert_eq!(
        mutation
            .header(header::ACCEPT, EVENTS)
            .send()
            .await
            .expect("an answer")
            .status(),
        405
    );
    until("no stream is open", || server.open() == 0).await;
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let server = Server::start(&["--jwt-leeway-s", "0"]).await;
    let query = json!({"query": "subscription { ticks(count: 1000, everyMs: 20) }"});
    let mut events = Events::open(
        server
            .post(&query)
            .bearer_auth(token_for(Uuid::new_v4(), SOON)),
    )
    .await;
    let mut last = Value::Null;
    while let Some((name, data)) = events.next().await {
        if name == "next" {
            last = data;
        }
    }
    assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

/// Reserves a stream.
async fn reserve(server: &Server, bearer: &str) -> String {
    let request = server
        .client
        .request(Method::PUT, server.url())
        .bearer_auth(bearer);
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 201);
    response.text().await.expect("a token")
}

async fn start(server: &Server, bearer: &str, stream: &str, id: &str, query: &str) -> u16 {
    let body = json!({"query": query, "extensions": {"operationId": id}});
    let request = server.post(&body).bearer_auth(bearer).header(TOKEN, stream);
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn one_stream_carries_several_operations() {
    let server = Server::start(&["--max-socket-operations", "2"]).await;
    let bearer = token();
    let stream = reserve(&server, &bearer).await;
    // Operations may begin before the stream is opened.
    assert_eq!(
        start(&server, &bearer, &stream, "early", "{ version }").await,
        202
    );
    let mut events =
        Events::open(server.client.get(server.url()).query(&[("token", &stream)])).await;
    assert_eq!(
        events.next().await,
        next(json!({"id": "early", "payload": {"data": {"version": "0"}}}))
    );
    assert_eq!(
        events.next().await,
        Some(("complete".to_owned(), json!({"id": "early"})))
    );
    let endless = "subscription { ticks(count: 100000, everyMs: 5) }";
    assert_eq!(start(&server, &bearer, &stream, "a", endless).await, 202);
    assert_eq!(
        start(&server, &bearer, &stream, "a", endless).await,
        409,
        "its name is taken"
    );
    assert_eq!(
        start(&server, &bearer, &stream, "b", "{").await,
        400,
        "what is invalid is answered here"
    );
    assert_eq!(
        start(&server, &bearer, &stream, "", "{ version }").await,
        400
    );
    assert_eq!(
        start(&server, &token(), &stream, "b", "{ version }").await,
        403,
        "somebody else's stream"
    );
    assert_eq!(
        start(&server, &bearer, "unknown", "b", "{ version }").await,
        404
    );
    assert_eq!(start(&server, &bearer, &stream, "b", endless).await, 202);
    assert_eq!(
        start(&server, &bearer, &stream, "c", "{ version }").await,
        400,
        "two operations are allowed"
    );
    for id in ["a", "b"] {
        let stop = server
            .client
            .delete(server.url())
            .query(&[("operationId", id)])
            .header(TOKEN, &stream);
        assert_eq!(
            stop.bearer_auth(&bearer)
                .send()
                .await
                .expect("an answer")
                .status(),
            200
        );
    }
    assert_eq!(
        start(&server, &bearer, &stream, "last", "{ version }").await,
        202
    );
    while let Some((name, data)) = events.next().await {
        if name == "complete" {
            assert_eq!(data, json!({"id": "last"}));
            break;
        }
    }
    let second = server
        .client
        .get(server.url())
        .query(&[("token", &stream)])
        .header(header::ACCEPT, EVENTS);
    assert_eq!(
        second.send().await.expect("an answer").status(),
        409,
        "it is open already"
    );
    drop(events);
    until("a stream ends when its client goes", || server.open() == 0).await;
    assert_eq!(
        start(&server, &bearer, &stream, "z", "{ version }").await,
        404
    );
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let server = Server::start(&["--drain-spread-ms", "50"]).await;
    let query = json!({"query": "subscription { ticks(count: 1000, everyMs: 20) }"});
    let mut events = Events::open(server.post(&query)).await;
    events.next().await;
    server.http.sockets().drain();
    while events.next().await.is_some() {}
    tokio::time::timeout(Duration::from_secs(5), server.http.sockets().finished())
        .await
        .expect("all are gone");
}
