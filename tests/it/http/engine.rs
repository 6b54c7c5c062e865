//! The engine's subscriptions over the transports.

use std::sync::atomic::Ordering;

use mindloom::config::Settings;
use serde_json::json;

use super::{SOON, Server, UNTIL_SOON, sockets::Client, streams::Events, token_for};
use crate::support::{TestApi, until};

const CHANGES: &str = "subscription { notesChanges { operation record { content } } }";

/// A server over an engine of its own, and a user in it.
async fn server() -> (TestApi, Server, uuid::Uuid) {
    let api = TestApi::new().await;
    let user = api.test.user("ada@example.org").await.user_id;
    let settings = Settings::from_flags(["--jwt-leeway-s", "0"]).expect("flags");
    let server = Server::over(api.graphql.clone(), settings).await;
    (api, server, user.expect("a user"))
}

async fn create(server: &Server, bearer: &str) {
    let query = json!({"query": "mutation { createNote(input: {content: \"new\"}) { content } }"});
    let response = server.post(&query).bearer_auth(bearer).send().await;
    let body: serde_json::Value = response.expect("an answer").json().await.expect("JSON");
    assert_eq!(body, json!({"data": {"createNote": {"content": "new"}}}));
}

#[tokio::test]
async fn changes_arrive_by_socket_and_by_event_stream() {
    let (api, server, user) = server().await;
    let token = token_for(user, 60);
    let mut socket =
        Client::ready(&server, json!({"authorization": format!("Bearer {token}")})).await;
    socket.subscribe("1", CHANGES).await;
    let request = server.post(&json!({"query": CHANGES})).bearer_auth(&token);
    let mut stream = Events::open(request).await;
    // Both are subscribed before anything changes.
    let stats = api.graphql.app().realtime.hub.stats();
    let subscribed = || stats.subscriptions.load(Ordering::Relaxed) == 2;
    until("both are subscribed", subscribed).await;
    create(&server, &token).await;
    let change =
        json!({"data": {"notesChanges": {"operation": "INSERT", "record": {"content": "new"}}}});
    assert_eq!(socket.next().await["payload"], change);
    assert_eq!(stream.next().await, Some(("next".to_owned(), change)));
}

#[tokio::test]
async fn a_renewed_token_carries_a_subscription_past_the_old_ones_end() {
    let (_api, server, user) = server().await;
    let mut socket = Client::ready(&server, json!({"access_token": token_for(user, SOON)})).await;
    socket.subscribe("1", CHANGES).await;
    let token = token_for(user, 60);
    socket
        .send(json!({"type": "ping", "payload": {"access_token": token}}))
        .await;
    assert_eq!(socket.next().await["payload"], json!({"renewed": true}));
    tokio::time::sleep(UNTIL_SOON).await;
    create(&server, &token).await;
    assert_eq!(
        socket.next().await["payload"]["data"]["notesChanges"]["operation"],
        "INSERT"
    );
}

/// The code of an answer's first error.
fn code(answer: &serde_json::Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test]
async fn without_a_token_every_transport_says_unauthenticated() {
    let (_api, server, _) = server().await;
    let write = json!({"query": "mutation { createNote(input: {content: \"x\"}) { id } }"});
    let answer = server.post(&write).send().await.expect("an answer");
    let answer = answer.json().await.expect("JSON");
    assert_eq!(code(&answer), "UNAUTHENTICATED");

    let mut socket = Client::ready(&server, json!({})).await;
    socket.subscribe("1", CHANGES).await;
    let refused = socket.next().await;
    assert_eq!(refused["type"], "error");
    assert_eq!(
        code(&json!({"errors": refused["payload"]})),
        "UNAUTHENTICATED"
    );

    let mut socket = Client::older(&server).await;
    let start = json!({"id": "1", "type": "start", "payload": {"query": CHANGES}});
    socket.send(start).await;
    let refused = socket.next().await;
    assert_eq!(refused["type"], "error", "{refused}");
    assert_eq!(
        refused["payload"]["extensions"]["code"], "UNAUTHENTICATED",
        "{refused}"
    );

    let mut stream = Events::open(server.post(&json!({"query": CHANGES}))).await;
    let (name, answer) = stream.next().await.expect("an event");
    assert_eq!((name.as_str(), code(&answer)), ("next", "UNAUTHENTICATED"));
}
