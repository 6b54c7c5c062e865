//! Several servers on one database, and messages from SQL.

use std::time::Duration;

use futures_util::StreamExt;
use mindloom::{
    auth::Caller,
    realtime::channels::{BroadcastMessage, PresenceEvent, json_payload},
};
use serde_json::{Value, json};

use super::server::{Client, Server, anon, token};
use crate::support::TestDb;

/// Waits until the servers know each other: what one sends reaches the other from then on.
async fn meet(one: &mut (Client, String), other: &mut Client) {
    for _ in 0..100 {
        one.0
            .broadcast(&one.1, "realtime:room", "hello", 1, b"{}")
            .await;
        let heard = tokio::time::timeout(Duration::from_millis(100), other.next()).await;
        if heard.is_ok() {
            // What else was on its way.
            tokio::time::sleep(Duration::from_millis(200)).await;
            while tokio::time::timeout(Duration::from_millis(50), other.next())
                .await
                .is_ok()
            {}
            return;
        }
    }
    panic!("the servers do not find each other");
}

#[tokio::test]
async fn broadcasts_reach_the_members_on_other_servers_in_order() {
    let test = TestDb::new().await;
    let flags = ["--realtime-max-events-per-second", "10000"];
    let (here, there) = (
        Server::start(&test.db, &flags).await,
        Server::start(&test.db, &flags).await,
    );
    let mut sender = here.client(&anon()).await;
    let join = sender.joined("realtime:room", json!({})).await;
    let mut sender = (sender, join);
    let mut member = there.client(&anon()).await;
    member.joined("realtime:room", json!({})).await;
    meet(&mut sender, &mut member).await;
    for number in 0..500 {
        sender
            .0
            .broadcast(&sender.1, "realtime:room", &format!("n{number}"), 1, b"{}")
            .await;
    }
    for number in 0..500 {
        assert_eq!(member.next_broadcast().await.0, format!("n{number}"));
    }
    sender
        .0
        .broadcast(&sender.1, "realtime:room", "bytes", 0, &[0, 255])
        .await;
    assert_eq!(
        member.next_broadcast().await,
        ("bytes".to_owned(), vec![0, 255])
    );
    let whole = json!({"type": "broadcast", "event": "text", "payload": {}, "extra": 1});
    sender
        .0
        .push(Some(&sender.1), "realtime:room", "broadcast", whole.clone())
        .await;
    assert_eq!(member.next_text().await[4], whole);
    sender.0.nothing_comes().await;
}

#[tokio::test]
async fn presence_is_seen_across_servers_and_goes_with_its_server() {
    let test = TestDb::new().await;
    let here = Server::start(&test.db, &[]).await;
    let caller = test.user("alice@example.org").await;
    let meta = |at: &str| json!({"at": at}).as_object().cloned().expect("an object");
    here.channels
        .track(&caller, "room", false, "alice", meta("home"))
        .await
        .expect("tracked");
    // This one comes later and has to learn who is there already.
    let there = Server::start(&test.db, &[]).await;
    let mut seen = there
        .channels
        .presence(&Caller::anonymous(), "room", false)
        .await
        .expect("a stream");
    let mut state = match seen.next().await {
        Some(Ok(PresenceEvent::State(state))) => serde_json::to_value(state).expect("JSON"),
        other => panic!("the state comes first, not {other:?}"),
    };
    if state == json!({}) {
        state = next_diff(&mut seen).await["joins"].clone();
    }
    assert_eq!(state["alice"]["metas"][0]["at"], "home");
    here.channels
        .track(&caller, "room", false, "alice", meta("work"))
        .await
        .expect("renewed");
    let mut diff = next_diff(&mut seen).await;
    // A state that was taken within the window of a diff says already what that diff says once more.
    if diff == json!({"joins": state, "leaves": {}}) {
        diff = next_diff(&mut seen).await;
    }
    let joined = diff["joins"]["alice"]["metas"].as_array().expect("metas");
    let work = joined.last().expect("an entry");
    assert_eq!(work["at"], "work");
    assert!(
        joined[..joined.len() - 1]
            .iter()
            .all(|known| *known == state["alice"]["metas"][0]),
        "nothing joins but what is known and what is new: {diff}"
    );
    assert_eq!(diff["leaves"]["alice"]["metas"][0]["at"], "home");
    assert!(
        here.channels
            .untrack(&caller, "room", false, "alice")
            .expect("untracked")
    );
    assert_eq!(
        next_diff(&mut seen).await["leaves"]["alice"]["metas"][0]["at"],
        "work"
    );
}

async fn next_diff(seen: &mut mindloom::realtime::channels::PresenceStream) -> Value {
    match tokio::time::timeout(Duration::from_secs(10), seen.next()).await {
        Ok(Some(Ok(PresenceEvent::Diff(diff)))) => serde_json::to_value(&*diff).expect("JSON"),
        other => panic!("expected a diff, got {other:?}"),
    }
}

#[tokio::test]
async fn messages_from_sql_come_when_they_are_committed_and_not_before() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let mut member = server.client(&anon()).await;
    member.joined("realtime:room", json!({})).await;
    let mut service = server.client(&token("service_role", None, 600)).await;
    service
        .joined("realtime:room", json!({"private": true}))
        .await;
    let mut client = test.db.system().await.expect("a connection");
    let other = test.db.system().await.expect("another connection");
    let transaction = client.transaction().await.expect("begun");
    let send = "select realtime.send($1::text::jsonb, $2, 'room', $3)";
    transaction
        .execute(send, &[&r#"{"n": 1}"#, &"late", &false])
        .await
        .expect("sent");
    other
        .execute(send, &[&r#"{"n": 2}"#, &"early", &false])
        .await
        .expect("sent");
    let (event, meta, payload) = member.next_broadcast_with_meta().await;
    let payload: Value = serde_json::from_slice(&payload).expect("JSON");
    let meta: Value = serde_json::from_str(&meta).expect("JSON");
    assert_eq!((&*event, &payload["n"]), ("early", &json!(2)));
    assert_eq!(meta["id"], payload["id"], "the id of the row");
    member.nothing_comes().await;
    transaction.commit().await.expect("committed");
    assert_eq!(
        member.next_broadcast().await.0,
        "late",
        "although its row has the lower number"
    );
    other
        .execute(send, &[&"{}", &"secret", &true])
        .await
        .expect("sent");
    assert_eq!(service.next_broadcast().await.0, "secret");
    other
        .execute(
            "select realtime.send_binary('\\x00ff', 'bytes', 'room', false)",
            &[],
        )
        .await
        .expect("sent");
    assert_eq!(
        member.next_broadcast().await,
        ("bytes".to_owned(), vec![0, 255])
    );
    let rolled_back = client.transaction().await.expect("begun");
    rolled_back
        .execute(send, &[&"{}", &"never", &false])
        .await
        .expect("sent");
    rolled_back.rollback().await.expect("rolled back");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    member.nothing_comes().await;
}

#[tokio::test]
async fn changed_rows_are_sent_by_a_trigger() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let mut service = server.client(&token("service_role", None, 600)).await;
    service
        .joined("realtime:counters", json!({"private": true}))
        .await;
    let client = test.db.system().await.expect("a connection");
    client
        .batch_execute(
            "create table public.counters (id int primary key, n int);
             create function public.tell() returns trigger language plpgsql as $$
             begin
               perform realtime.broadcast_changes('counters', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
               return null;
             end $$;
             create trigger tell after insert or update or delete on public.counters
             for each row execute function public.tell();
             insert into public.counters values (1, 1);
             update public.counters set n = 2;
             delete from public.counters;",
        )
        .await
        .expect("the changes");
    let (one, two) = (json!({"id": 1, "n": 1}), json!({"id": 1, "n": 2}));
    for (operation, record, old) in [
        ("INSERT", one.clone(), Value::Null),
        ("UPDATE", two.clone(), one),
        ("DELETE", Value::Null, two),
    ] {
        let (event, payload) = service.next_broadcast().await;
        let payload: Value = serde_json::from_slice(&payload).expect("JSON");
        assert_eq!(event, operation);
        assert_eq!(
            (&payload["record"], &payload["old_record"]),
            (&record, &old)
        );
        assert_eq!(
            (&payload["table"], &payload["schema"]),
            (&json!("counters"), &json!("public"))
        );
    }
}

#[tokio::test]
async fn a_lost_connection_loses_no_message_from_sql() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let caller = Caller::anonymous();
    let mut heard = server
        .channels
        .subscribe_broadcast(&caller, "room", false)
        .await
        .expect("a stream");
    let client = test.db.system().await.expect("a connection");
    let mut expected = 0;
    for round in 0..5 {
        for _ in 0..20 {
            expected += 1;
            let sql = format!("select realtime.send('{{\"n\": {expected}}}', 'n', 'room', false)");
            client.batch_execute(&sql).await.expect("sent");
            if expected % 20 == 10 {
                let kill = "select pg_terminate_backend(pid) from pg_stat_activity
                            where datname = current_database() and pid <> pg_backend_pid() and query ilike '%realtime.%'";
                client
                    .batch_execute(kill)
                    .await
                    .unwrap_or_else(|error| panic!("round {round}: {error}"));
            }
        }
    }
    for number in 1..=expected {
        let message = tokio::time::timeout(Duration::from_secs(20), heard.next())
            .await
            .expect("in time");
        let message = message.expect("an open stream").expect("no error");
        let payload = serde_json::to_value(match &message.payload {
            mindloom::realtime::channels::Payload::Json(json) => json,
            other => panic!("JSON, not {other:?}"),
        });
        assert_eq!(
            payload.expect("JSON")["n"],
            json!(number),
            "each once, in order"
        );
    }
}

#[tokio::test]
async fn streams_and_sockets_meet_in_one_channel() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &[]).await;
    let caller = test.user("alice@example.org").await;
    let mut stream = server
        .channels
        .subscribe_broadcast(&caller, "room", false)
        .await
        .expect("a stream");
    let mut socket = server.client(&anon()).await;
    let join = socket.joined("realtime:room", json!({})).await;
    socket
        .broadcast(&join, "realtime:room", "from a socket", 1, br#"{"a":1}"#)
        .await;
    let message = stream
        .next()
        .await
        .expect("an open stream")
        .expect("no error");
    assert_eq!(&*message.event, "from a socket");
    let message = BroadcastMessage::new(
        "room",
        false,
        "from GraphQL",
        json_payload(&json!([1])).expect("JSON"),
    );
    server.channels.send(&caller, message).await.expect("sent");
    assert_eq!(
        socket.next_broadcast().await,
        ("from GraphQL".to_owned(), b"[1]".to_vec())
    );
    let secret = BroadcastMessage::new(
        "room",
        true,
        "secret",
        json_payload(&json!([])).expect("JSON"),
    );
    assert_eq!(
        server
            .channels
            .send(&caller, secret)
            .await
            .unwrap_err()
            .code()
            .as_str(),
        "FORBIDDEN"
    );
    assert!(
        server
            .channels
            .subscribe_broadcast(&caller, "room", true)
            .await
            .is_err()
    );
    let empty = server
        .channels
        .subscribe_broadcast(&caller, "", false)
        .await;
    assert_eq!(
        empty.map(drop).expect_err("a refusal").code().as_str(),
        "BAD_USER_INPUT"
    );
}

#[tokio::test]
async fn a_server_that_stops_takes_leave_of_the_others() {
    let test = TestDb::new().await;
    let server = Server::start(&test.db, &["--drain-spread-ms", "0"]).await;
    let mut client = server.client(&anon()).await;
    client.joined("realtime:room", json!({})).await;
    let known = "select count(*) from realtime.servers";
    let known_by_all = async {
        while test.value(known).await.as_deref() != Some("1") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(10), known_by_all);
    in_time.await.expect("it says that it is there");
    server.stop().await;
    assert_eq!(client.closed().await, 1012);
    assert_eq!(test.value(known).await.as_deref(), Some("0"));
}
