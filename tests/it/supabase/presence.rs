use serde_json::{Value, json};

use super::server::{Client, Server, anon};
use crate::support::TestDb;

async fn enter(server: &Server, key: &str) -> (Client, String, Value) {
    let mut client = server.client(&anon()).await;
    let join = client
        .joined(
            "realtime:room",
            json!({"presence": {"key": key, "enabled": true}}),
        )
        .await;
    let state = client.next_text().await;
    assert_eq!(
        (&state[0], &state[3]),
        (&json!(join), &json!("presence_state")),
        "{state}"
    );
    (client, join, state[4].clone())
}

async fn track(client: &mut Client, join: &str, payload: Value) {
    let payload = json!({"type": "presence", "event": "track", "payload": payload});
    let reference = client
        .push(Some(join), "realtime:room", "presence", payload)
        .await;
    assert_eq!(client.next_text().await[1], json!(reference));
}

/// The next diff, with the references taken out: those who came, those who went.
async fn diff(client: &mut Client) -> (Value, Value) {
    let diff = client.next_text().await;
    assert_eq!(
        (&diff[0], &diff[3]),
        (&Value::Null, &json!("presence_diff")),
        "{diff}"
    );
    let bare = |side: &Value| {
        let mut side = side.clone();
        for (_, entries) in side.as_object_mut().expect("an object") {
            for meta in entries["metas"].as_array_mut().expect("a list") {
                meta.as_object_mut()
                    .expect("an object")
                    .retain(|name, _| !name.starts_with("phx_"));
            }
        }
        side
    };
    (bare(&diff[4]["joins"]), bare(&diff[4]["leaves"]))
}

#[tokio::test]
async fn who_comes_changes_and_goes_is_told() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let (mut alice, join, state) = enter(&server, "alice").await;
    assert_eq!(state, json!({}));
    track(&mut alice, &join, json!({"at": "home"})).await;
    let home = json!({"alice": {"metas": [{"at": "home"}]}});
    assert_eq!(diff(&mut alice).await, (home.clone(), json!({})));

    let (mut bob, _, state) = enter(&server, "bob").await;
    assert_eq!(state["alice"]["metas"][0]["at"], "home");
    assert!(state["alice"]["metas"][0]["phx_ref"].is_string());

    track(&mut alice, &join, json!({"at": "work"})).await;
    let work = json!({"alice": {"metas": [{"at": "work"}]}});
    assert_eq!(diff(&mut bob).await, (work.clone(), home.clone()));
    assert_eq!(diff(&mut alice).await, (work.clone(), home));
    // Saying the same again is no change.
    track(&mut alice, &join, json!({"at": "work"})).await;

    let untrack = json!({"type": "presence", "event": "untrack"});
    alice
        .push(Some(&join), "realtime:room", "presence", untrack)
        .await;
    assert_eq!(diff(&mut bob).await, (json!({}), work.clone()));

    alice.next_text().await;
    alice.next_text().await;
    track(&mut alice, &join, json!({"at": "work"})).await;
    assert_eq!(diff(&mut bob).await.0, work.clone());
    drop(alice);
    assert_eq!(
        diff(&mut bob).await,
        (json!({}), work),
        "a lost connection ends its presence"
    );
}

#[tokio::test]
async fn two_of_one_key_are_two_entries() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let (mut first, first_join, _) = enter(&server, "alice").await;
    let (mut second, second_join, _) = enter(&server, "alice").await;
    track(&mut first, &first_join, json!({"tab": 1})).await;
    diff(&mut first).await;
    diff(&mut second).await;
    track(&mut second, &second_join, json!({"tab": 2})).await;
    diff(&mut second).await;
    let (_, _, state) = enter(&server, "watcher").await;
    assert_eq!(state["alice"]["metas"].as_array().map(Vec::len), Some(2));
    drop(first);
    assert_eq!(
        diff(&mut second).await.1,
        json!({"alice": {"metas": [{"tab": 1}]}})
    );
}

#[tokio::test]
async fn tracking_turns_presence_on_and_nonsense_is_refused() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let mut client = server.client(&anon()).await;
    let join = client
        .joined("realtime:room", json!({"presence": {"key": "alice"}}))
        .await;
    client.nothing_comes().await;
    track(&mut client, &join, json!({"here": true})).await;
    let state = client.next_text().await;
    assert_eq!(
        (&state[3], &state[4]["alice"]["metas"][0]["here"]),
        (&json!("presence_state"), &json!(true))
    );
    diff(&mut client).await;
    for (payload, reason) in [
        (
            json!({"event": "track", "payload": 1}),
            "InvalidPresencePayload: Presence track payload must be a map",
        ),
        (
            json!({"event": "dance"}),
            "UnknownPresenceEvent: The event must be track or untrack",
        ),
    ] {
        client
            .push(Some(&join), "realtime:room", "presence", payload)
            .await;
        assert_eq!(client.next_text().await[4]["response"]["reason"], reason);
    }
}
