//! Broadcast and presence in GraphQL.

use std::time::Duration;

use futures_util::StreamExt;
use mindloom::{auth::Caller, graphql::ResponseStream};
use serde_json::{Value, json};

use crate::support::TestApi;

async fn next(stream: &mut ResponseStream) -> Value {
    let answer = tokio::time::timeout(Duration::from_secs(10), stream.next())
        .await
        .expect("in time");
    serde_json::from_slice(&answer.expect("an open stream").body).expect("JSON")
}

#[tokio::test]
async fn a_broadcast_reaches_subscribers_with_what_they_selected() {
    let api = TestApi::new().await;
    let alice = api.test.user("alice@example.org").await;
    let query = "subscription ($channel: String!) {
        said: broadcast(channel: $channel) { __typename event what: payload bytes channel } }";
    let mut stream = api
        .subscribe(&Caller::anonymous(), query, json!({"channel": "room"}))
        .await;
    let send = "mutation ($payload: JSON!) {
        sendBroadcast(channel: \"room\", event: \"cursor\", payload: $payload) }";
    let sent = api
        .data(&alice, send, json!({"payload": {"x": [1, null]}}))
        .await;
    assert_eq!(sent, json!({"sendBroadcast": true}));
    assert_eq!(
        next(&mut stream).await,
        json!({"data": {"said": {
            "__typename": "BroadcastMessage", "event": "cursor", "what": {"x": [1, null]},
            "bytes": null, "channel": "room"
        }}})
    );
    let (code, ..) = api
        .error(
            &alice,
            "mutation { sendBroadcast(channel: \"\", event: \"e\", payload: 1) }",
            json!({}),
        )
        .await;
    assert_eq!(code, "BAD_USER_INPUT");
}

#[tokio::test]
async fn presence_is_a_state_and_then_changes() {
    let api = TestApi::new().await;
    let alice = api.test.user("alice@example.org").await;
    let query = "subscription { presence(channel: \"desk\") {
        complete joins { key meta } leaves { key meta } } }";
    let mut stream = api.subscribe(&Caller::anonymous(), query, json!({})).await;
    let event = |complete: bool, joins: Value, leaves: Value| json!({"data": {"presence": {"complete": complete, "joins": joins, "leaves": leaves}}});
    assert_eq!(next(&mut stream).await, event(true, json!([]), json!([])));
    let track = "mutation ($meta: JSON!) {
        trackPresence(channel: \"desk\", key: \"alice\", meta: $meta) { reference lastsMs } }";
    let tracked = api
        .data(&alice, track, json!({"meta": {"at": "home"}}))
        .await;
    assert_eq!(tracked["trackPresence"]["lastsMs"], 60_000);
    let home = json!([{"key": "alice", "meta": {"at": "home"}}]);
    assert_eq!(
        next(&mut stream).await,
        event(false, home.clone(), json!([]))
    );
    api.data(&alice, track, json!({"meta": {"at": "work"}}))
        .await;
    let work = json!([{"key": "alice", "meta": {"at": "work"}}]);
    assert_eq!(next(&mut stream).await, event(false, work.clone(), home));
    let untrack = "mutation { untrackPresence(channel: \"desk\", key: \"alice\") }";
    assert_eq!(
        api.data(&alice, untrack, json!({})).await,
        json!({"untrackPresence": true})
    );
    assert_eq!(next(&mut stream).await, event(false, json!([]), work));
    assert_eq!(
        api.data(&alice, untrack, json!({})).await,
        json!({"untrackPresence": false})
    );
    let (code, ..) = api
        .error(&Caller::anonymous(), track, json!({"meta": {}}))
        .await;
    assert_eq!(code, "UNAUTHENTICATED");
    let (code, ..) = api.error(&alice, track, json!({"meta": []})).await;
    assert_eq!(code, "BAD_USER_INPUT");
}

#[tokio::test]
async fn private_channels_ask_the_policies() {
    let api = TestApi::new().await;
    let alice = api.test.user("alice@example.org").await;
    let bob = api.test.user("bob@example.org").await;
    let id = alice.user_id.expect("a user");
    let client = api.test.db.system().await.expect("a connection");
    let policy = format!(
        "create policy alice on realtime.messages for all to authenticated
           using ((select auth.uid()) = '{id}') with check ((select auth.uid()) = '{id}')"
    );
    client.batch_execute(&policy).await.expect("the policy");
    let query = "subscription { broadcast(channel: \"room\", private: true) { event } }";
    let mut stream = api.subscribe(&alice, query, json!({})).await;
    let send = "mutation { sendBroadcast(channel: \"room\", event: \"secret\", payload: {}, private: true) }";
    let (code, ..) = api.error(&bob, send, json!({})).await;
    assert_eq!(code, "FORBIDDEN");
    api.data(&alice, send, json!({})).await;
    assert_eq!(
        next(&mut stream).await,
        json!({"data": {"broadcast": {"event": "secret"}}})
    );
}
