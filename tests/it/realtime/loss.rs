//! Nothing is lost, whatever dies: the listener's connection, PostgreSQL, or the server.
//!
//! The database has a cluster of its own here, because it is killed. Writers commit to disk before
//! they count a version as committed; the outcome of a transaction that died while committing is
//! read from the table.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use mindloom::auth::Caller;
use mindloom::config::{DatabaseSettings, Settings};
use mindloom::db::Db;
use mindloom::error::Code;
use mindloom::postgres;
use mindloom::realtime::Realtime;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::resume::{Version, version};
use super::world::{TABLES, id, service, start, subscription, try_connect, user};
use crate::support::scratch_dir;

const ROUNDS: u32 = 50;
const ROWS: i32 = 24;

/// What one subscriber has: its cursor and the versions it was told, and what it may be told.
struct Told {
    caller: Arc<Caller>,
    rows: Vec<i64>,
    cursor: Option<String>,
    /// With the cursor, to tell repetitions after a resumption.
    versions: Vec<(Version, String)>,
}

struct Cluster {
    settings: Settings,
    database: Option<postgres::Database>,
}

impl Cluster {
    async fn new() -> Self {
        let dir = scratch_dir().join("killed");
        let mut settings =
            Settings::from_flags(["--data-dir", dir.to_str().expect("a plain name")])
                .expect("settings");
        settings.embedded.disposable = true;
        settings.database.url = None;
        settings.database.request_pool_size = Some(4);
        settings.database.system_pool_size = 6;
        let database = postgres::serve(&settings).await.expect("PostgreSQL starts");
        settings.database = database.settings().clone();
        Cluster {
            settings,
            database: Some(database),
        }
    }

    fn database(&self) -> &DatabaseSettings {
        &self.settings.database
    }

    /// Kills a backend, upon which PostgreSQL ends all others and recovers from its log.
    async fn crash(&self) {
        if let Ok(client) = try_connect(self.database()).await
            && let Ok(row) = client.query_one("select pg_backend_pid()", &[]).await
        {
            kill(Pid::from_raw(row.get(0)), Signal::SIGKILL).expect("a kill");
        }
    }

    /// Kills the whole of PostgreSQL and starts it again.
    async fn restart(&mut self) {
        let database = self.database.take().expect("a running PostgreSQL");
        let pid = database.postmaster_pid().expect("a running PostgreSQL");
        kill(
            Pid::from_raw(i32::try_from(pid).expect("a process id")),
            Signal::SIGKILL,
        )
        .expect("a kill");
        database.stop().await;
        let mut settings = self.settings.clone();
        settings.database.url = None;
        settings.database.authenticator_url = None;
        self.database = Some(
            postgres::serve(&settings)
                .await
                .expect("PostgreSQL recovers"),
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_lose_nothing() {
    let mut cluster = Cluster::new().await;
    let settings = cluster.database().clone();
    let owner = try_connect(&settings).await.expect("a connection");
    migration::up(owner, None).await.expect("migrations");
    let client = try_connect(&settings).await.expect("a connection");
    client.batch_execute(TABLES).await.expect("tables");
    client
        .batch_execute(&format!(
            "insert into things (id, user_id, n) select i, case when i % 2 = 0 then '{}'::uuid else '{}' end, 0
             from generate_series(1, {ROWS}) i",
            id(2),
            id(1)
        ))
        .await
        .expect("rows");
    drop(client);
    let stop = Arc::new(AtomicBool::new(false));
    let mut db = Db::connect(&settings).await.expect("the database answers");
    let mut realtime = start(&db).await;
    let all: Vec<i64> = (1..=i64::from(ROWS)).collect();
    let odd = all.iter().copied().filter(|row| row % 2 == 1).collect();
    let even = all.iter().copied().filter(|row| row % 2 == 0).collect();
    let mut subscribers: Vec<Told> = [(service(), all), (user(1), odd), (user(2), even)]
        .into_iter()
        .map(|(caller, rows)| Told {
            caller,
            rows,
            cursor: realtime.hub.cursor(),
            versions: Vec::new(),
        })
        .collect();
    let writers: Vec<_> = (0..5)
        .map(|seed| tokio::spawn(write(settings.clone(), seed, Arc::clone(&stop))))
        .collect();
    let mut random = StdRng::seed_from_u64(50);
    for round in 0..ROUNDS {
        let run = Duration::from_millis(random.random_range(100..400));
        let reading = futures_util::future::join_all(
            subscribers
                .iter_mut()
                .map(|told| follow(&realtime, told, run)),
        );
        reading.await;
        match round % 5 {
            0 | 1 => disconnect(&settings).await,
            2 => {
                realtime.stop();
                db.close();
                db = Db::connect(&settings).await.expect("the database answers");
                realtime = start(&db).await;
            }
            3 => cluster.crash().await,
            _ if round % 10 == 9 => cluster.restart().await,
            _ => {}
        }
    }
    stop.store(true, Ordering::SeqCst);
    let mut committed: BTreeMap<Version, bool> = BTreeMap::new();
    for writer in writers {
        for (version, sure) in writer.await.expect("a writer") {
            let entry = committed.entry(version).or_insert(sure);
            *entry |= sure;
        }
    }
    settle(&realtime, &settings, &mut subscribers, committed).await;
    realtime.stop();
}

/// Reads on until everything is there, then compares.
async fn settle(
    realtime: &Realtime,
    settings: &DatabaseSettings,
    subscribers: &mut [Told],
    committed: BTreeMap<Version, bool>,
) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let client = loop {
        match try_connect(settings).await {
            Ok(client) => break client,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let rows = client
        .query("select id, n from things", &[])
        .await
        .expect("the rows");
    let last: BTreeMap<i64, i64> = rows
        .iter()
        .map(|row| {
            (
                i64::from(row.get::<_, i32>(0)),
                i64::from(row.get::<_, i32>(1)),
            )
        })
        .collect();
    assert!(
        last.values().sum::<i64>() > 500,
        "the writers wrote: {last:?}"
    );
    for told in subscribers {
        while told.rows.iter().any(|row| {
            !told
                .versions
                .iter()
                .any(|((id, n), _)| id == row && n == &last[row])
        }) {
            assert!(Instant::now() < deadline, "the last versions have not come");
            follow(realtime, told, Duration::from_millis(300)).await;
        }
        let name = told
            .caller
            .user_id
            .map_or("service".to_owned(), |user| user.to_string());
        let mut seen: BTreeMap<i64, i64> = BTreeMap::new();
        let mut cursors = std::collections::HashSet::new();
        for ((row, n), cursor) in &told.versions {
            assert!(
                told.rows.contains(row),
                "{name} was told of row {row}, which it may not see"
            );
            assert!(
                cursors.insert((cursor, row)),
                "{name} was told twice of {row}, {n}"
            );
            let before = seen.insert(*row, *n).unwrap_or(0);
            // Each committed change raised the version by one, so a gap is a loss and a step back a
            // wrong order.
            assert_eq!(
                *n,
                before + 1,
                "{name}: row {row} went from {before} to {n}"
            );
        }
        for (version, _) in committed
            .iter()
            .filter(|((row, _), sure)| **sure && told.rows.contains(row))
        {
            assert!(
                version.1 <= last[&version.0],
                "{version:?} was committed, and {:?} is stored",
                last[&version.0]
            );
            assert!(
                version.1 <= seen[&version.0],
                "{name} was not told of {version:?}"
            );
        }
        assert_eq!(
            seen.iter().map(|(row, n)| (*row, *n)).collect::<Vec<_>>(),
            told.rows
                .iter()
                .map(|row| (*row, last[row]))
                .collect::<Vec<_>>(),
            "{name} ends at the stored state"
        );
    }
}

/// Reads for a while from where the subscriber stands, over whatever happens.
async fn follow(realtime: &Realtime, told: &mut Told, run: Duration) {
    let until = tokio::time::Instant::now() + run;
    loop {
        let mut again = subscription("things", &told.caller);
        again.after = told.cursor.clone();
        let mut changes = match tokio::time::timeout_at(until, realtime.hub.subscribe(again)).await
        {
            Err(_) => return,
            Ok(Ok(changes)) => changes,
            Ok(Err(error)) => {
                assert_eq!(error.code(), Code::Unavailable, "{error}");
                tokio::time::sleep(Duration::from_millis(20)).await;
                if tokio::time::Instant::now() >= until {
                    return;
                }
                continue;
            }
        };
        loop {
            match tokio::time::timeout_at(until, changes.next()).await {
                Err(_) => return,
                Ok(None) => break,
                Ok(Some(Ok(event))) => {
                    let cursor = event.cursor().to_string();
                    told.versions.push((version(&event), cursor.clone()));
                    told.cursor = Some(cursor);
                }
                Ok(Some(Err(error))) => {
                    assert!(
                        matches!(error.code(), Code::Unavailable | Code::LimitExceeded),
                        "a stream ended with {error}"
                    );
                    break;
                }
            }
        }
    }
}

/// Ends the reader's connection.
async fn disconnect(settings: &DatabaseSettings) {
    if let Ok(client) = try_connect(settings).await {
        let _ = client
            .execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%change reader%'",
                &[],
            )
            .await;
    }
}

/// Raises versions until told to stop, connecting anew whenever the connection dies. Returns each
/// version with whether it is surely committed.
async fn write(
    settings: DatabaseSettings,
    seed: u64,
    stop: Arc<AtomicBool>,
) -> Vec<(Version, bool)> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut committed = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let Ok(client) = try_connect(&settings).await else {
            tokio::time::sleep(Duration::from_millis(30)).await;
            continue;
        };
        if client
            .batch_execute("set synchronous_commit = on")
            .await
            .is_err()
        {
            continue;
        }
        while !stop.load(Ordering::SeqCst) {
            let mut written = Vec::new();
            let Ok(commit) = transaction(&client, &mut random, seed == 0, &mut written).await
            else {
                break;
            };
            if commit {
                let sure = client.batch_execute("commit").await.is_ok();
                committed.extend(written.into_iter().map(|version| (version, sure)));
                if !sure {
                    break;
                }
            } else if client.batch_execute("rollback").await.is_err() {
                break;
            }
        }
    }
    committed
}

/// One transaction up to its end; true to commit.
async fn transaction(
    client: &tokio_postgres::Client,
    random: &mut StdRng,
    slow: bool,
    written: &mut Vec<Version>,
) -> Result<bool, tokio_postgres::Error> {
    client.batch_execute("begin").await?;
    let first = random.random_range(1..=ROWS);
    for row in [first, ROWS.min(first + 3)] {
        client.batch_execute("savepoint s").await?;
        let updated = client
            .query_one(
                "update things set n = n + 1 where id = $1 returning n",
                &[&row],
            )
            .await?;
        if random.random_bool(0.2) {
            client.batch_execute("rollback to s").await?;
        } else {
            written.push((i64::from(row), i64::from(updated.get::<_, i32>(0))));
        }
        if slow {
            // A transaction that stays open over rounds of the others, with rows locked.
            tokio::time::sleep(Duration::from_millis(random.random_range(0..700))).await;
        }
    }
    Ok(random.random_bool(0.8))
}
