//! Whoever was subscribed to a server that is killed misses nothing by going on, after the last cursor,
//! at the next one.
//!
//! PostgreSQL is not killed here, and its writers do not notice that servers come and go. A row's
//! version is its name, which every committed update raises by one.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use mindloom::config::DatabaseSettings;
use nix::sys::signal::Signal;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};
use uuid::Uuid;

use super::world::{connect, id};
use crate::support::program::{Program, mindloom, succeed};
use crate::support::{TestDb, scratch_dir};

const ROUNDS: u32 = 5;
/// Of each table.
const ROWS: u128 = 10;
const WRITERS: u64 = 4;
/// The policy of the first is decided by the server, that of the second by the database.
const TABLES: [&str; 2] = ["stacks", "projects"];
const PATIENCE: Duration = Duration::from_secs(60);

/// What a client was told of a table.
#[derive(Default)]
struct Told {
    cursor: Option<String>,
    cursors: HashSet<String>,
    /// Row and version, without what a cursor tells to be a repetition.
    versions: Vec<(String, i64)>,
}

type Log = Arc<Mutex<Told>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_no_change() {
    let test = TestDb::new().await;
    let owner = test
        .user("ada@example.org")
        .await
        .user_id
        .expect("a user's id");
    let client = connect(&test.settings).await;
    for table in TABLES {
        let rows = format!(
            "insert into public.{table} (id, user_id, name)
             select lpad(to_hex(i), 32, '0')::uuid, '{owner}', '0' from generate_series(0, {ROWS}) i"
        );
        client.batch_execute(&rows).await.expect("rows");
    }
    let directory = scratch_dir();
    let logs: [Log; 2] = Default::default();
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    let mut random = StdRng::seed_from_u64(5);
    for round in 0..=ROUNDS {
        let server = serve(&directory, test.url()).await;
        let token = token(&directory, test.url(), owner);
        let followers: Vec<_> = TABLES
            .iter()
            .zip(&logs)
            .map(|(table, log)| {
                let follow = follow(server.address.clone(), token.clone(), table, log.clone());
                tokio::spawn(follow)
            })
            .collect();
        if round == 0 {
            // From the first change on that is told, nothing may be missing.
            probe(&client, &logs).await;
            writers = (0..WRITERS)
                .map(|seed| tokio::spawn(write(test.settings.clone(), seed, stop.clone())))
                .collect();
        }
        if round < ROUNDS {
            let before = logs.each_ref().map(count);
            wait("changes arrive", || {
                logs.iter()
                    .zip(before)
                    .all(|(log, before)| count(log) > before)
            })
            .await;
            tokio::time::sleep(Duration::from_millis(random.random_range(0..400))).await;
            server.end(Signal::SIGKILL);
            for follower in followers {
                follower.await.expect("a client");
            }
            // The writers go on while no server is there.
            tokio::time::sleep(Duration::from_millis(random.random_range(0..400))).await;
            continue;
        }
        stop.store(true, Ordering::SeqCst);
        for writer in std::mem::take(&mut writers) {
            writer.await.expect("a writer");
        }
        for (table, log) in TABLES.iter().zip(&logs) {
            settle(&client, table, log).await;
        }
    }
}

fn count(log: &Log) -> usize {
    log.lock().expect("no panic").versions.len()
}

async fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn serve(directory: &Path, url: &str) -> Program {
    let (directory, url) = (directory.to_owned(), url.to_owned());
    let serve = move || {
        let pools = ["--request-pool-size", "4", "--system-pool-size", "4"];
        let arguments = [&["--database-url", url.as_str()], &pools[..]].concat();
        Program::serve(&directory, &arguments)
    };
    tokio::task::spawn_blocking(serve).await.expect("a server")
}

fn token(directory: &Path, url: &str, user: Uuid) -> String {
    let user = user.to_string();
    let mut command = mindloom([
        "token",
        "--user",
        &user,
        "--database-url",
        url,
        "--data-dir",
    ]);
    succeed(command.arg(directory)).trim().to_owned()
}

/// Changes row 0 of each table until somebody is told of it.
async fn probe(client: &tokio_postgres::Client, logs: &[Log]) {
    for (table, log) in TABLES.iter().zip(logs) {
        let begun = Instant::now();
        while log.lock().expect("no panic").cursor.is_none() {
            assert!(begun.elapsed() < PATIENCE, "a subscription begins");
            let update = format!(
                "update public.{table} set name = '0' where id = '{}'",
                id(0)
            );
            client.batch_execute(&update).await.expect("an update");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Reads on after the last cursor until the server is gone.
async fn follow(address: String, token: String, table: &str, log: Log) {
    let mut request = format!("ws://{address}/graphql")
        .into_client_request()
        .expect("a request");
    request.headers_mut().insert(
        "sec-websocket-protocol",
        "graphql-transport-ws".parse().expect("a value"),
    );
    let (mut socket, _) = connect_async(request).await.expect("an open socket");
    let query = format!(
        "subscription ($after: Cursor) {{ {table}Changes(after: $after) {{ record {{ id name }} cursor }} }}"
    );
    let after = log.lock().expect("no panic").cursor.clone();
    for message in [
        json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {token}")}}),
        json!({"type": "subscribe", "id": "1", "payload": {"query": query, "variables": {"after": after}}}),
    ] {
        let sent = socket.send(Message::text(message.to_string())).await;
        sent.expect("sent");
    }
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else {
            continue;
        };
        let message: Value = serde_json::from_str(&text).expect("JSON");
        match message["type"].as_str() {
            Some("connection_ack" | "ping" | "pong") => continue,
            Some("next") => {}
            _ => panic!("{message}"),
        }
        let change = &message["payload"]["data"][format!("{table}Changes")];
        let field = |value: &Value| value.as_str().map(str::to_owned);
        let (Some(row), Some(version), Some(cursor)) = (
            field(&change["record"]["id"]),
            field(&change["record"]["name"]),
            field(&change["cursor"]),
        ) else {
            panic!("{message}");
        };
        let mut told = log.lock().expect("no panic");
        told.cursor = Some(cursor.clone());
        if told.cursors.insert(cursor) && row != id(0) {
            let version = version.parse().expect("a number");
            told.versions.push((row, version));
        }
    }
}

/// Raises versions of a row of each table, in transactions of which some are rolled back.
async fn write(settings: DatabaseSettings, seed: u64, stop: Arc<AtomicBool>) {
    let mut random = StdRng::seed_from_u64(seed);
    let client = connect(&settings).await;
    while !stop.load(Ordering::SeqCst) {
        let updates = TABLES.map(|table| {
            let row = id(random.random_range(1..=ROWS));
            format!("update public.{table} set name = name::int + 1 where id = '{row}'")
        });
        let end = if random.random_bool(0.8) {
            "commit"
        } else {
            "rollback"
        };
        let [first, second] = updates;
        for statement in ["begin", &first, &second, end] {
            client.batch_execute(statement).await.expect("a statement");
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(0..10))).await;
    }
}

/// Waits until a table's last versions were told, then looks whether all before them were, in order.
async fn settle(client: &tokio_postgres::Client, table: &str, log: &Log) {
    let rows = client
        .query(
            &format!(
                "select id::text, name::bigint from public.{table} where id <> $1::text::uuid"
            ),
            &[&id(0)],
        )
        .await
        .expect("the rows");
    let stored: BTreeMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let written: i64 = stored.values().sum();
    assert!(written > 100, "the writers wrote: {stored:?}");
    wait(&format!("the last versions of {table} arrive"), || {
        let told = log.lock().expect("no panic");
        let last: BTreeMap<&String, i64> = told.versions.iter().map(|(row, n)| (row, *n)).collect();
        stored.iter().all(|(row, n)| last.get(row) == Some(n))
    })
    .await;
    let told = log.lock().expect("no panic");
    let mut seen: BTreeMap<&String, i64> = BTreeMap::new();
    for (row, version) in &told.versions {
        let before = seen.insert(row, *version).unwrap_or(0);
        // A gap is a loss, the same again a repetition, and a step back a wrong order.
        assert_eq!(*version, before + 1, "{table}: row {row} after {before}");
    }
    println!("{table}: {written} changes over {ROUNDS} kills");
}
