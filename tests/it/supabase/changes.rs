//! `postgres_changes`: what arrives, in which form, and who gets it.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::server::{Client, Server, anon, sign, token};
use crate::support::TestDb;

/// A table whose rows belong to somebody.
pub const ERRANDS: &str = "
    create type public.urgency as enum ('low', 'high');
    create table public.errands (
      id int primary key, user_id uuid not null, title text, done boolean not null default false,
      price numeric(10, 2), due timestamptz, tags text[], details jsonb, urgency public.urgency, secret text
    );
    alter table public.errands enable row level security;
    create policy own on public.errands to authenticated using (user_id = (select auth.uid()));
    grant select (id, user_id, title, done, price, due, tags, details, urgency) on public.errands to authenticated;
    grant select on public.errands to service_role;
    select realtime.publish('public.errands')";

struct Stage {
    test: TestDb,
    server: Server,
    alice: Uuid,
    alice_token: String,
}

impl Stage {
    async fn new() -> Self {
        let test = TestDb::new().await;
        let client = test.db.system().await.expect("a connection");
        client.batch_execute(ERRANDS).await.expect("the table");
        drop(client);
        let server = Server::start(&test.db, &[]).await;
        let alice = Uuid::new_v4();
        let alice_token = token("authenticated", Some(alice), 600);
        Stage {
            test,
            server,
            alice,
            alice_token,
        }
    }

    async fn run(&self, sql: &str) {
        let sql = sql.replace("$alice", &format!("'{}'", self.alice));
        let client = self.test.db.system().await.expect("a connection");
        client
            .batch_execute(&sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// Joins with these entries; the reply's entries have the ids 1, 2, …
    async fn join(&self, token: &str, entries: Value) -> Client {
        let mut client = self.server.client(token).await;
        let config = json!({"config": {"postgres_changes": entries}});
        let (reference, reply) = client.join("realtime:any", config).await;
        let mut expected = entries.as_array().cloned().expect("a list");
        for (index, entry) in expected.iter_mut().enumerate() {
            entry["id"] = json!(index + 1);
        }
        assert_eq!(
            reply,
            json!({"status": "ok", "response": {"postgres_changes": expected}})
        );
        let system = client.next_text().await;
        assert_eq!(
            system,
            json!([reference, null, "realtime:any", "system", {
                "extension": "postgres_changes", "status": "ok",
                "message": "Subscribed to PostgreSQL", "channel": "any"
            }])
        );
        client
    }
}

/// The ids and the data of the next change.
async fn change(client: &mut Client) -> (Value, Value) {
    let message = client.next_text().await;
    assert_eq!(
        (&message[0], &message[3]),
        (&Value::Null, &json!("postgres_changes")),
        "{message}"
    );
    (message[4]["ids"].clone(), message[4]["data"].clone())
}

fn on(filter: &str) -> Value {
    json!([{"event": "*", "schema": "public", "table": "errands", "filter": filter}])
}

#[tokio::test]
async fn a_change_has_the_form_that_supabase_sends() {
    let stage = Stage::new().await;
    let entries = json!([{"event": "*", "schema": "public", "table": "errands"}]);
    let mut client = stage.join(&stage.alice_token, entries).await;
    stage
        .run(
            "insert into public.errands values (1, $alice, 'milk', false, 1.50, '2026-01-02 03:04:05.678+02',
               array['a', 'b'], '{\"deep\": [1, null]}', 'high', 'hidden')",
        )
        .await;
    let (ids, mut data) = change(&mut client).await;
    assert_eq!(ids, json!([1]));
    let at = data["commit_timestamp"].take();
    let at = at.as_str().expect("text");
    assert!(
        at.len() == 24 && at.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(at).is_ok(),
        "{at}"
    );
    let columns = [
        ("id", "int4"),
        ("user_id", "uuid"),
        ("title", "text"),
        ("done", "bool"),
        ("price", "numeric"),
        ("due", "timestamptz"),
        ("tags", "_text"),
        ("details", "jsonb"),
        ("urgency", "urgency"),
    ];
    let columns: Vec<Value> = columns
        .iter()
        .map(|(name, kind)| json!({"name": name, "type": kind}))
        .collect();
    let mut record = json!({
        "id": 1, "user_id": stage.alice, "title": "milk", "done": false, "price": 1.50,
        "due": data["record"]["due"].clone(), "tags": ["a", "b"], "details": {"deep": [1, null]}, "urgency": "high"
    });
    assert_eq!(
        data,
        json!({
            "schema": "public", "table": "errands", "type": "INSERT", "commit_timestamp": null,
            "columns": columns, "record": record, "errors": null
        })
    );
    let due = data["record"]["due"]
        .as_str()
        .and_then(|due| chrono::DateTime::parse_from_rfc3339(due).ok());
    assert_eq!(
        due.map(|due| due.timestamp_millis()),
        Some(1_767_315_845_678)
    );

    stage.run("update public.errands set title = null").await;
    let (_, data) = change(&mut client).await;
    assert_eq!(
        (&data["type"], &data["old_record"]),
        (&json!("UPDATE"), &record)
    );
    record["title"] = Value::Null;
    assert_eq!(data["record"], record);

    stage.run("delete from public.errands").await;
    let (_, data) = change(&mut client).await;
    assert_eq!(
        (&data["type"], &data["old_record"]),
        (&json!("DELETE"), &record)
    );
    assert!(data.get("record").is_none());
}

#[tokio::test]
async fn rows_of_others_and_unreadable_columns_stay_hidden() {
    let stage = Stage::new().await;
    let entries = json!([{"event": "*", "schema": "public", "table": "errands"}]);
    let mut alice = stage.join(&stage.alice_token, entries.clone()).await;
    let mut other = stage
        .join(
            &token("authenticated", Some(Uuid::new_v4()), 600),
            entries.clone(),
        )
        .await;
    let mut service = stage
        .join(&token("service_role", None, 600), entries.clone())
        .await;
    stage
        .run("insert into public.errands (id, user_id, secret) values (1, $alice, 'hidden')")
        .await;
    assert!(change(&mut alice).await.1["record"].get("secret").is_none());
    assert_eq!(change(&mut service).await.1["record"]["secret"], "hidden");
    other.nothing_comes().await;
    let mut client = stage.server.client(&anon()).await;
    client
        .join(
            "realtime:any",
            json!({"config": {"postgres_changes": entries}}),
        )
        .await;
    let system = client.next_text().await;
    assert_eq!(
        (&system[3], &system[4]["status"]),
        (&json!("system"), &json!("error")),
        "anon may read nothing of it"
    );
}

#[tokio::test]
async fn events_filters_and_selections_are_as_asked() {
    let stage = Stage::new().await;
    let table = json!({"schema": "public", "table": "errands"});
    let with = |extra: Value| {
        let mut entry = table.clone();
        entry
            .as_object_mut()
            .expect("an object")
            .extend(extra.as_object().cloned().unwrap_or_default());
        entry
    };
    let entries = json!([
        with(json!({"event": "INSERT"})),
        with(json!({"event": "UPDATE", "filter": "title=eq.bread"})),
        with(json!({"event": "DELETE"})),
        with(json!({"event": "*", "select": ["title"]})),
        {"event": "DELETE", "schema": "public"},
    ]);
    let mut client = stage.join(&stage.alice_token, entries).await;
    let ids = |messages: &[(Value, Value)]| {
        let mut ids: Vec<i64> = messages
            .iter()
            .filter_map(|(ids, _)| ids[0].as_i64())
            .collect();
        ids.sort_unstable();
        ids
    };
    stage
        .run("insert into public.errands (id, user_id, title) values (1, $alice, 'milk')")
        .await;
    let messages = [change(&mut client).await, change(&mut client).await];
    assert_eq!(ids(&messages), [1, 4]);
    let selected = messages
        .iter()
        .find(|(ids, _)| *ids == json!([4]))
        .map(|(_, data)| data)
        .expect("the fourth");
    assert_eq!(
        selected["record"],
        json!({"id": 1, "title": "milk"}),
        "what is selected, and the key"
    );
    assert_eq!(selected["columns"].as_array().map(Vec::len), Some(2));
    stage.run("update public.errands set title = 'bread'").await;
    let messages = [change(&mut client).await, change(&mut client).await];
    assert_eq!(ids(&messages), [2, 4]);
    let entered = messages
        .iter()
        .find(|(ids, _)| *ids == json!([2]))
        .map(|(_, data)| data)
        .expect("the second");
    assert_eq!(
        (&entered["type"], &entered["old_record"]),
        (&json!("UPDATE"), &json!({"id": 1}))
    );
    stage
        .run("update public.errands set title = 'cheese'")
        .await;
    assert_eq!(
        ids(&[change(&mut client).await]),
        [4],
        "a row that leaves a filter is not told"
    );
    stage.run("delete from public.errands").await;
    let messages = [
        change(&mut client).await,
        change(&mut client).await,
        change(&mut client).await,
    ];
    assert_eq!(ids(&messages), [3, 4, 5]);
}

#[tokio::test]
async fn every_operator_filters() {
    let stage = Stage::new().await;
    let insert =
        "insert into public.errands (id, user_id, title, done, price, due, tags, urgency) values
        (1, $alice, 'Milk', false, 1.5, '2026-01-01', '{a}', 'low'),
        (2, $alice, 'bread, \"brown\"', true, 10, '2026-06-01', null, 'high'),
        (3, $alice, null, false, null, null, '{a,b}', null)";
    let cases = [
        ("id=eq.2", vec![2]),
        ("id=neq.2", vec![1, 3]),
        ("price=lt.10", vec![1]),
        ("price=lte.10.00", vec![1, 2]),
        ("price=gt.9.99", vec![2]),
        ("due=gte.2026-06-01T00:00:00Z", vec![2]),
        ("id=in.(1,3)", vec![1, 3]),
        ("id=not.in.(1,3)", vec![2]),
        ("title=in.(Milk,\"bread, \\\"brown\\\"\")", vec![1, 2]),
        ("title=like.M%", vec![1]),
        ("title=ilike.m_LK", vec![1]),
        ("title=not.ilike.m%", vec![2]),
        ("title=match.^b.*n\"$", vec![2]),
        ("title=imatch.^MILK$", vec![1]),
        ("title=is.null", vec![3]),
        ("title=not.is.null", vec![1, 2]),
        ("done=is.true", vec![2]),
        ("done=eq.false", vec![1, 3]),
        ("title=isdistinct.Milk", vec![2, 3]),
        ("urgency=gt.low", vec![2]),
        ("urgency=eq.low", vec![1]),
        ("tags=eq.{a}", vec![1]),
        ("price=gte.1,done=is.false", vec![1]),
        ("title=eq.\"bread, \\\"brown\\\"\"", vec![2]),
    ];
    let entries: Vec<Value> = cases
        .iter()
        .map(|(filter, _)| on(filter)[0].clone())
        .collect();
    let mut client = stage.join(&stage.alice_token, json!(entries)).await;
    stage.run(insert).await;
    let mut found: Vec<Vec<i64>> = vec![Vec::new(); cases.len()];
    for _ in 0..cases.iter().map(|(_, ids)| ids.len()).sum() {
        let (ids, data) = change(&mut client).await;
        let entry = usize::try_from(ids[0].as_i64().expect("a number")).expect("an index") - 1;
        found[entry].push(data["record"]["id"].as_i64().expect("a number"));
    }
    for ((filter, expected), mut found) in cases.into_iter().zip(found) {
        found.sort_unstable();
        assert_eq!(found, expected, "{filter}");
    }
    client.nothing_comes().await;
}

#[tokio::test]
async fn what_cannot_be_subscribed_to_is_told() {
    let stage = Stage::new().await;
    let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    for (entry, part) in [
        (json!({"event": "*"}), "No subscription params provided."),
        (
            json!({"table": "nowhere"}),
            "Please check Realtime is enabled for the given connect parameters: \
            [event: *, schema: public, table: nowhere, filters: [], select: nil]",
        ),
        (
            on("nothing=eq.1")[0].clone(),
            "invalid column for filter nothing",
        ),
        (
            on("secret=eq.1")[0].clone(),
            "Unable to subscribe to changes with given parameters.",
        ),
        (
            on("id=eq.one")[0].clone(),
            "Unable to subscribe to changes with given parameters.",
        ),
        (
            on("due=gt.someday")[0].clone(),
            "Unable to subscribe to changes with given parameters.",
        ),
        (
            on("id=foo.1")[0].clone(),
            r#"Error parsing `filter` params: ["foo", "1"]"#,
        ),
        (
            on("id=like.1")[0].clone(),
            "operator like requires a text-compatible column type, got integer",
        ),
        (
            on("title=is.true")[0].clone(),
            "is true filter requires a boolean column, got text",
        ),
        (
            on("title=match.(")[0].clone(),
            "a parenthesis is not closed",
        ),
        (on(r"title=imatch.(a)\1")[0].clone(), "it refers back"),
        (
            on(&format!("title=like.{}", "x".repeat(501)))[0].clone(),
            "at most 500 characters",
        ),
        (
            on(&format!("id=in.({})", many.join(",")))[0].clone(),
            "too many values for `in` filter. Maximum 100",
        ),
    ] {
        let mut client = stage.server.client(&stage.alice_token).await;
        let (_, reply) = client
            .join(
                "realtime:any",
                json!({"config": {"postgres_changes": [entry]}}),
            )
            .await;
        assert_eq!(reply["status"], "ok");
        let system = client.next_text().await;
        assert_eq!(
            (&system[3], &system[4]["status"]),
            (&json!("system"), &json!("error")),
            "{entry}"
        );
        let message = system[4]["message"].as_str().expect("text");
        assert!(message.contains(part), "{entry}: {message}");
        // Broadcasts go on.
        client.nothing_comes().await;
    }
}

#[tokio::test]
async fn a_renewed_token_loses_no_change() {
    let stage = Stage::new().await;
    let entries = json!([{"event": "INSERT", "schema": "public", "table": "errands"}]);
    let mut client = stage.join(&stage.alice_token, entries).await;
    let mut expected = 0;
    for round in 0..5 {
        for _ in 0..5 {
            expected += 1;
            stage
                .run(&format!(
                    "insert into public.errands (id, user_id) values ({expected}, $alice)"
                ))
                .await;
        }
        // Another lifetime makes another token.
        let renewed = token("authenticated", Some(stage.alice), 700 + round);
        client
            .push(
                Some("1"),
                "realtime:any",
                "access_token",
                json!({"access_token": renewed}),
            )
            .await;
    }
    let mut seen = 0;
    while seen < expected {
        let message = client.next_text().await;
        match message[3].as_str() {
            Some("postgres_changes") => {
                seen += 1;
                assert_eq!(
                    message[4]["data"]["record"]["id"],
                    json!(seen),
                    "each once, in order"
                );
            }
            Some("system") => assert_eq!(message[4]["status"], "ok", "{message}"),
            _ => panic!("{message}"),
        }
    }
}

#[tokio::test]
async fn the_lag_of_every_change_is_counted() {
    let stage = Stage::new().await;
    let entries = json!([{"event": "INSERT", "schema": "public", "table": "errands"}]);
    let mut client = stage.join(&stage.alice_token, entries).await;
    stage
        .run("insert into public.errands (id, user_id) select n, $alice from generate_series(1, 25) n")
        .await;
    let mut seen = 0;
    while seen < 25 {
        let message = client.next_text().await;
        seen += i32::from(message[3] == "postgres_changes");
    }
    let figures = stage.server.figures().await;
    let counted = figures
        .lines()
        .find_map(|line| line.strip_prefix("mindloom_realtime_commit_to_delivery_seconds_count "));
    assert_eq!(counted, Some("25"));
}

#[tokio::test]
async fn a_table_that_demands_a_second_factor_tells_nothing_without() {
    let stage = Stage::new().await;
    let entries = json!([{"event": "*", "schema": "public", "table": "errands"}]);
    let with_assurance = |level: &str| {
        let claims = json!({"role": "authenticated", "aud": "authenticated", "exp": 4_000_000_000_u32,
            "sub": stage.alice, "session_id": stage.alice, "aal": level});
        sign(&claims)
    };
    let mut with_one = stage.join(&with_assurance("aal1"), entries.clone()).await;
    let mut with_two = stage.join(&with_assurance("aal2"), entries).await;
    // The demand meets subscriptions that are open.
    for (demand, row) in [(true, 1), (false, 2), (true, 3), (false, 4)] {
        stage
            .run(&format!(
                "select private.require_aal2('public.errands', {demand})"
            ))
            .await;
        stage
            .run(&format!(
                "insert into public.errands (id, user_id) values ({row}, $alice)"
            ))
            .await;
        assert_eq!(change(&mut with_two).await.1["record"]["id"], row);
        if demand {
            // For longer than it takes to ask the database about a change.
            tokio::time::sleep(Duration::from_millis(700)).await;
            with_one.nothing_comes().await;
        } else {
            assert_eq!(change(&mut with_one).await.1["record"]["id"], row);
        }
    }
}
