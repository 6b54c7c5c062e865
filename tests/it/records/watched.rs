//! `serverMetrics`: administrators watch how the server fares, over an event stream.

use mindloom::{auth::Caller, graphql::Request};
use serde_json::{Value, json};

use super::World;
use crate::{http::streams::Events, support::api::context};

const WATCH: &str = "subscription { serverMetrics { server at overMs operations errors faults p50Ms p99Ms changes \
    changesDelivered jobsBegun jobsEnded sockets subscriptions requestsWaiting connectionsUsed connections unreadBytes \
    memoryBytes } }";
const METRICS_TOKEN: &str = "a token of the figures";

impl World {
    async fn watch(&self, query: &str) -> Events {
        Events::open(self.request(Some(&self.root), query, &json!({}))).await
    }

    /// Why a subscription is refused: the first error.
    async fn unwatched(&self, caller: &Caller, query: &str) -> Value {
        let request = Request {
            query: query.into(),
            ..Request::default()
        };
        let graphql = &self.server.app.graphql;
        let Err(refused) = graphql.subscribe(request, context(caller)).await else {
            panic!("{query} began")
        };
        let mut answer: Value = serde_json::from_slice(&refused.body).expect("JSON");
        answer["errors"][0].take()
    }
}

/// The figures of the next event.
async fn next(events: &mut Events) -> Value {
    let (name, mut data) = events.next().await.expect("an event");
    assert_eq!(name, "next");
    assert!(data["errors"].is_null(), "{data}");
    data["data"]["serverMetrics"].take()
}

fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().expect("a number"),
        value => value.as_f64().expect("a number"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_what_the_server_does_each_second() {
    let world = World::with(&["--metrics-token", METRICS_TOKEN]).await;
    let mut events = world.watch(WATCH).await;
    let changes = "subscription { notesChanges { operation } }";
    let mut follower = Events::open(world.request(Some(&world.ada), changes, &json!({}))).await;
    let write = r#"mutation { createNote(input: {content: "canary"}) { id } }"#;
    world.ok(&world.ada, write, json!({})).await;
    let refused = r#"mutation { createNote(input: {content: ""}) { id } }"#;
    world.ask(Some(&world.ada), refused, json!({})).await;
    assert!(follower.next().await.is_some(), "the change came");
    // What was counted may be of two seconds.
    let (mut operations, mut errors, mut read, mut delivered) = (0.0, 0.0, 0.0, 0.0);
    for _ in 0..10 {
        let seen = next(&mut events).await;
        let seconds = number(&seen["overMs"]) / 1_000.0;
        assert!((0.5..5.0).contains(&seconds), "{seen}");
        for (sum, name) in [
            (&mut operations, "operations"),
            (&mut errors, "errors"),
            (&mut read, "changes"),
            (&mut delivered, "changesDelivered"),
        ] {
            *sum += number(&seen[name]) * seconds;
        }
        if number(&seen["operations"]) > 0.0 {
            let (half, most) = (number(&seen["p50Ms"]), number(&seen["p99Ms"]));
            assert!(half > 0.0 && half <= most, "{seen}");
        } else {
            assert_eq!(
                (&seen["p50Ms"], &seen["p99Ms"]),
                (&Value::Null, &Value::Null)
            );
        }
        assert!(
            number(&seen["sockets"]) >= 2.0,
            "two streams are open: {seen}"
        );
        assert!(number(&seen["subscriptions"]) >= 1.0, "{seen}");
        assert!(number(&seen["connections"]) >= 1.0, "{seen}");
        assert!(number(&seen["memoryBytes"]) > 1_000_000.0, "{seen}");
        assert!(!seen["server"].as_str().unwrap_or_default().is_empty());
        if read >= 0.9 && delivered >= 0.9 && errors >= 0.9 {
            break;
        }
    }
    let near = |sum: f64, wanted: f64| (sum - wanted).abs() < 0.1;
    assert!(near(errors, 1.0), "one was refused: {errors}");
    assert!(operations > 1.9, "{operations}");
    assert!(read >= 0.9 && delivered >= 0.9, "{read} {delivered}");
    let url = format!("http://{}/metrics", world.server.address);
    let asked = world.http.get(url).bearer_auth(METRICS_TOKEN);
    let text = asked.send().await.expect("an answer").text().await;
    let text = text.expect("figures");
    for line in [
        "mindloom_operations_errors_total 1",
        "mindloom_operations_faults_total 0",
        "mindloom_operations_throttled_total 0",
        "mindloom_operations_duration_seconds_bucket{le=\"0.0001\"}",
        "process_resident_memory_bytes ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_watches_and_the_time_has_bounds() {
    let world = World::start().await;
    for caller in [&Caller::anonymous(), &world.ada] {
        let error = world.unwatched(caller, WATCH).await;
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{error}");
    }
    for seconds in ["0", "-1", "301"] {
        let query = format!("subscription {{ serverMetrics(everySeconds: {seconds}) {{ at }} }}");
        let error = world.unwatched(&world.root, &query).await;
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{error}");
        assert_eq!(error["extensions"]["field"], "everySeconds");
    }
    let query = "subscription { serverMetrics(everySeconds: 2) { overMs } }";
    let mut seldom = world.watch(query).await;
    let over_ms = number(&next(&mut seldom).await["overMs"]);
    assert!(over_ms > 1_500.0, "of two seconds: {over_ms}");
}
