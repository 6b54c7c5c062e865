//! What administrators see of the database at work: slow statements, waits, indexes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::World;

const SLOW: &str =
    "{ slowStatements { missing statements { statement calls totalMs meanMs maxMs rows } } }";
const WAITS: &str =
    "{ databaseWaits { lock since waiting { pid role application state since statement }
    blocking { pid role state statement } } }";
const INDEXES: &str =
    "{ indexStats { table index sizeBytes scans rowsRead lastUsed isUnique isValid } }";

#[tokio::test(flavor = "multi_thread")]
async fn the_database_at_work_is_for_administrators() {
    let world = World::start().await;
    for query in [SLOW, WAITS, INDEXES] {
        let (code, _) = world.refused(&world.ada, query, json!({})).await;
        assert_eq!(code, "FORBIDDEN", "{query}");
        let answer = world.ask(None, query, json!({})).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert!(code == "FORBIDDEN" || code == "UNAUTHENTICATED", "{answer}");
        assert!(answer["data"].is_null(), "{answer}");
        world.ok(&world.root, query, json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_figures_of_statements_it_is_said_how_to_have_them() {
    let world = World::start().await;
    let installed = "select count(*) from pg_extension where extname = 'pg_stat_statements'";
    assert_eq!(world.test.value(installed).await.as_deref(), Some("0"));
    let seen = world.ok(&world.root, SLOW, json!({})).await;
    assert_eq!(seen["slowStatements"]["statements"], json!([]));
    let missing = seen["slowStatements"]["missing"]
        .as_str()
        .unwrap_or_default();
    assert!(
        missing.contains("create extension pg_stat_statements"),
        "{missing}"
    );
    let many = "{ slowStatements(first: 501) { missing } }";
    let (code, _) = world.refused(&world.root, many, json!({})).await;
    assert_eq!(code, "BAD_USER_INPUT");
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_shown_without_values() {
    let world = World::start().await;
    for (statement, shown) in [
        (
            "select * from t1 where a = 12.5e3 and b = $1 and c = 'x''canary'",
            "select * from t1 where a = ? and b = $1 and c = ?",
        ),
        (
            r"update t set a = e'it\'s canary' where id = -7",
            "update t set a = ? where id = -?",
        ),
        ("select 1 -- canary\nfrom t", "select ? ?\nfrom t"),
        (
            r#"select "Bob's note", 'canary', "it""s" from "a"."b""#,
            r#"select "Bob's note", ?, "it""s" from "a"."b""#,
        ),
        (
            r#"select "a"?'canary', '"', "b" from t"#,
            r#"select "a"??, ?, "b" from t"#,
        ),
        (r#"select "cut off 'canary"#, "select ?"),
        (
            "select .5, -0.25e-7, 0x1F, 1_000, 0b101, 2., t1.c, t2.c3, $1, $22, a_4 from t5",
            "select ?, -?, ?, ?, ?, ?, t1.c, t2.c3, $1, $22, a_4 from t5",
        ),
        ("select $$canary$$ from t", "select ?"),
        ("select 'cut off canary", "select ?"),
        ("select /* canary */ a2 from t", "select ?"),
    ] {
        let client = world.test.owner().await;
        let asked = "select private.statement_without_values($1)";
        let row = client.query_one(asked, &[&statement]).await;
        let found: String = row.expect("an answer").get(0);
        assert_eq!(found, shown, "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_whom_is_seen_while_they_wait() {
    let world = World::start().await;
    // The server's own work may wait for a moment.
    let none = world.ok(&world.root, WAITS, json!({})).await;
    assert!(none["databaseWaits"].is_array(), "{none}");
    assert!(!none.to_string().contains("held"), "{none}");
    let holder = world.test.owner().await;
    holder
        .batch_execute(
            "create table held (id int primary key, said text); insert into held values (1, '')",
        )
        .await
        .expect("a row");
    // On its own: what stands before a begin in one message belongs to its transaction.
    holder
        .batch_execute("begin; update held set said = 'canary' where id = 1")
        .await
        .expect("a row that is held");
    let waiter = world.test.owner().await;
    let waiting = tokio::spawn(async move {
        waiter
            .batch_execute("update held set said = 'canary' where id = 1")
            .await
    });
    let started = Instant::now();
    let wait = loop {
        let mut seen = world.ok(&world.root, WAITS, json!({})).await;
        // Others of the cluster may wait, too.
        let waits = seen["databaseWaits"].as_array_mut().expect("a list");
        let ours = |wait: &&mut Value| {
            let statement = wait["waiting"]["statement"].as_str();
            statement.is_some_and(|statement| statement.contains("held"))
        };
        if let Some(wait) = waits.iter_mut().find(ours) {
            break wait.take();
        }
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "nobody waits: {seen}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(
        wait["waiting"]["statement"],
        "update held set said = ? where id = ?"
    );
    assert_eq!(wait["waiting"]["state"], "active");
    assert_eq!(wait["blocking"]["state"], "idle in transaction");
    assert_ne!(wait["waiting"]["pid"], wait["blocking"]["pid"]);
    assert_eq!(wait["lock"], "ShareLock on transactionid");
    assert!(wait["since"].is_string(), "{wait}");
    assert!(!wait.to_string().contains("canary"), "{wait}");
    holder.batch_execute("commit").await.expect("let go");
    waiting.await.expect("no panic").expect("its turn");
    let none = world.ok(&world.root, WAITS, json!({})).await;
    assert!(!none.to_string().contains("held"), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_have_sizes_and_uses() {
    let world = World::start().await;
    let seen = world.ok(&world.root, INDEXES, json!({})).await;
    let indexes = seen["indexStats"].as_array().expect("a list");
    let size = |index: &Value| {
        index["sizeBytes"]
            .as_str()
            .and_then(|text| text.parse::<u64>().ok())
    };
    assert!(indexes.is_sorted_by_key(|index| std::cmp::Reverse(size(index))));
    let of = |name: &str| indexes.iter().find(|index| index["index"] == name);
    let key = of("notes_pkey").expect("the key of notes");
    assert_eq!(
        (&key["table"], &key["isUnique"], &key["isValid"]),
        (&json!("notes"), &json!(true), &json!(true))
    );
    assert!(size(key) > Some(0), "{key}");
}
