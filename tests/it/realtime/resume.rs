//! The reader and every resumed subscriber see what the database committed, in its order.
//!
//! The database's own word for the order of commits of one row is a version that each writer raises
//! under the row's lock: versions are committed in ascending order and none is committed twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use mindloom::config::DatabaseSettings;
use mindloom::error::Code;
use mindloom::realtime::{Changes, Cursor, Event};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::world::{World, connect, next, row_id, service, subscription};

/// A row and its version.
pub type Version = (i64, i64);

/// Versions as the writers of one run saw them committed.
pub type Committed = BTreeSet<Version>;

/// The row and version that an event brings.
pub fn version(event: &Event) -> Version {
    let record = event.record().expect("a row");
    let row: serde_json::Value = serde_json::from_str(record.text()).expect("JSON");
    (row_id(event), row["n"].as_i64().expect("a number"))
}

/// Raises versions of rows 1 to `rows` in transactions that pause, nest, fail and roll back; returns
/// what was surely committed. Ends with its connection.
pub async fn write(
    settings: DatabaseSettings,
    seed: u64,
    rows: i32,
    transactions: u32,
) -> Committed {
    let mut random = StdRng::seed_from_u64(seed);
    let client = connect(&settings).await;
    let mut committed = Committed::new();
    for _ in 0..transactions {
        let mut written = Committed::new();
        client.batch_execute("begin").await.expect("a transaction");
        // Ascending, or writers would lock each other out.
        let mut ids: Vec<i32> = (0..random.random_range(1..4))
            .map(|_| random.random_range(1..=rows))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let nested = random.random_bool(0.3);
            if nested {
                client
                    .batch_execute("savepoint s")
                    .await
                    .expect("a savepoint");
            }
            let row = client
                .query_one(
                    "update things set n = n + 1 where id = $1 returning n",
                    &[&id],
                )
                .await
                .expect("an update");
            if nested && random.random_bool(0.5) {
                client
                    .batch_execute("rollback to s")
                    .await
                    .expect("a rollback");
            } else {
                written.insert((i64::from(id), i64::from(row.get::<_, i32>(0))));
            }
            if random.random_bool(0.2) {
                tokio::time::sleep(Duration::from_millis(random.random_range(0..15))).await;
            }
        }
        if random.random_bool(0.2) {
            client.batch_execute("rollback").await.expect("a rollback");
        } else {
            client.batch_execute("commit").await.expect("a commit");
            committed.extend(written);
        }
    }
    committed
}

/// Checks what one subscriber got: everything committed once, nothing else, per row in order.
pub fn check(told: &[Version], committed: &Committed, name: &str) {
    let mut last: BTreeMap<i64, i64> = BTreeMap::new();
    for (id, version) in told {
        let before = last.insert(*id, *version);
        assert!(
            before.is_none_or(|before| before < *version),
            "{name}: row {id}: {version} after {before:?}"
        );
    }
    let told: Committed = told.iter().copied().collect();
    let missing: Vec<_> = committed.difference(&told).collect();
    let invented: Vec<_> = told.difference(committed).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "{name}: missing {missing:?}, invented {invented:?}"
    );
}

async fn read(changes: &mut Changes, events: usize) -> Vec<Arc<Event>> {
    let mut all = Vec::with_capacity(events);
    while all.len() < events {
        all.push(next(changes).await);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reader_agrees_with_the_order_of_commits() {
    let world = World::new().await;
    for seed in 0..6u64 {
        world
            .run("delete from things; insert into things (id) select generate_series(1, 12)")
            .await;
        let mut live = world.watch("things", &service()).await;
        // Joined before the inserts were dispatched, perhaps: those are versions 0, told apart below.
        let start = world.realtime.hub.cursor().expect("a position");
        let held = connect(&world.test.settings).await;
        held.batch_execute("begin; insert into things (id, n) values (1000, 1)")
            .await
            .expect("a long transaction");
        let writers = (0..6).map(|writer| {
            tokio::spawn(write(
                world.test.settings.clone(),
                seed * 100 + writer,
                12,
                60,
            ))
        });
        let mut committed = Committed::new();
        for writer in writers.collect::<Vec<_>>() {
            committed.extend(writer.await.expect("a writer"));
        }
        held.batch_execute("commit")
            .await
            .expect("the long transaction commits last");
        committed.insert((1000, 1));
        let events: Vec<Arc<Event>> = read_until(&mut live, 1000).await;
        let told: Vec<Version> = events
            .iter()
            .map(|event| version(event))
            .filter(|(_, n)| *n > 0)
            .collect();
        check(&told, &committed, &format!("seed {seed}, live"));

        let mut random = StdRng::seed_from_u64(seed);
        let mut cursors: Vec<(usize, String)> = vec![];
        for _ in 0..8 {
            let index = random.random_range(0..events.len());
            cursors.push((index + 1, events[index].cursor().to_string()));
        }
        for (delivered, cursor) in cursors {
            let rest = resume(&world, &cursor, events.len() - delivered).await;
            let mut all: Vec<Version> = told_of(&events[..delivered]);
            all.extend(told_of(&rest));
            all.retain(|(_, n)| *n > 0);
            check(
                &all,
                &committed,
                &format!("seed {seed}, resumed after {delivered}"),
            );
        }
        let from_start = resume(&world, &start, committed.len()).await;
        assert!(from_start.len() >= committed.len());
    }
}

fn told_of(events: &[Arc<Event>]) -> Vec<Version> {
    events.iter().map(|event| version(event)).collect()
}

async fn read_until(changes: &mut Changes, last: i64) -> Vec<Arc<Event>> {
    let mut all = Vec::new();
    loop {
        let event = next(changes).await;
        if event.record().is_none() {
            continue;
        }
        let reached = row_id(&event) == last;
        all.push(event);
        if reached {
            // What was committed before is there already, but not all of it need be before this event.
            let mut more = read_rest(changes).await;
            all.append(&mut more);
            return all;
        }
    }
}

async fn read_rest(changes: &mut Changes) -> Vec<Arc<Event>> {
    use futures_util::StreamExt as _;
    let mut all = Vec::new();
    while let Ok(Some(event)) =
        tokio::time::timeout(Duration::from_millis(400), changes.next()).await
    {
        all.push(event.expect("an event"));
    }
    all.retain(|event| event.record().is_some());
    all
}

async fn resume(world: &World, cursor: &str, at_least: usize) -> Vec<Arc<Event>> {
    let mut again = subscription("things", &service());
    again.after = Some(cursor.to_owned());
    let mut changes = world
        .realtime
        .hub
        .subscribe(again)
        .await
        .expect("a subscription");
    let mut events = read(&mut changes, at_least).await;
    events.append(&mut read_rest(&mut changes).await);
    events
}

#[tokio::test]
async fn a_cursor_that_the_log_cannot_answer_is_refused() {
    let world = World::new().await;
    let mut things = world.watch("things", &service()).await;
    world.run("insert into things (id) values (1)").await;
    let cursor = next(&mut things).await.cursor().to_string();
    let with = |after: String| {
        let mut again = subscription("things", &service());
        again.after = Some(after);
        world.realtime.hub.subscribe(again)
    };
    with(cursor.clone()).await.expect("the log reaches back");

    let mut other = Cursor::decode(&cursor).expect("a cursor");
    other.log ^= 1;
    let refused = with(other.encode()).await.err().map(|error| error.code());
    assert_eq!(
        refused,
        Some(Code::ResyncRequired),
        "a cursor of another database"
    );

    let row = world
        .client
        .query_one("select pg_current_xact_id()::text", &[])
        .await;
    let dropped: String = row.expect("a transaction id").get(0);
    // The reader itself is past it by then.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    world
        .run(&format!(
            "update realtime.log_settings set dropped_through = '{dropped}'"
        ))
        .await;
    let refused = with(cursor).await.err().map(|error| error.code());
    assert_eq!(
        refused,
        Some(Code::ResyncRequired),
        "a cursor from before what is kept"
    );
    world.run("insert into things (id) values (2)").await;
    assert_eq!(
        row_id(&*next(&mut things).await),
        2,
        "who is subscribed already reads on"
    );
}
