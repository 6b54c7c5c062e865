//! The program as it is run: killed while files come in, it or its database, and with files larger than it may need memory
//! for.

use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, stream};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;
use uuid::Uuid;

use super::{BUCKETS, Person, person, token};
use crate::support::{
    TestDb,
    program::{Program, eventually, get, mindloom, postmaster, succeed},
    scratch_dir,
    server::SECRET,
};

/// How often is killed unless `MINDLOOM_TEST_KILLS` says, as 100.
const KILLS: usize = 5;

fn kills() -> usize {
    std::env::var("MINDLOOM_TEST_KILLS").map_or(KILLS, |kills| kills.parse().expect("a number"))
}

async fn server(directory: &Path, url: &str) -> Program {
    let (directory, url) = (directory.to_owned(), url.to_owned());
    let serve = move || {
        let arguments = ["--database-url", &url, "--jwt-secret", SECRET];
        Program::serve(&directory, &arguments)
    };
    tokio::task::spawn_blocking(serve).await.expect("a server")
}

/// Uploads one file after another until the server is gone.
async fn upload_on(address: String, person: (uuid::Uuid, String), lane: usize) {
    let http = reqwest::Client::new();
    for number in 0.. {
        let size = [100, 90_000, 3_000_000][number % 3];
        // Every other name is one that is replaced.
        let name = if number % 2 == 0 {
            format!("{lane}-{}", uuid::Uuid::new_v4())
        } else {
            format!("{lane}-same")
        };
        let url = format!(
            "http://{address}/storage/v1/object/private/{}/{name}",
            person.0
        );
        let put = http
            .post(url)
            .bearer_auth(&person.1)
            .header("x-upsert", "true")
            .body(vec![b'x'; size]);
        match put.send().await {
            Ok(answer) => assert_eq!(answer.status(), 200, "{:?}", answer.text().await),
            Err(_) => return,
        }
    }
}

async fn killed_while_uploading(
    directory: &Path,
    test: &TestDb,
    alice: &Person,
    random: &mut StdRng,
) {
    let program = server(directory, test.url()).await;
    let lanes: Vec<_> = (0..4)
        .map(|lane| {
            // However many kills there are: a token is good for ten minutes.
            let person = (alice.id, token("authenticated", Some(alice.id), json!({})));
            tokio::spawn(upload_on(program.address.clone(), person, lane))
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(random.random_range(50..600))).await;
    program.end(Signal::SIGKILL);
    for lane in lanes {
        lane.await
            .expect("no upload fails but by the end of the server");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_servers_leave_neither_rows_nor_bytes_alone() {
    let test = TestDb::new().await;
    test.run_as_owner(BUCKETS).await.expect("buckets");
    let alice = person(&test, "alice").await;
    let directory = scratch_dir();
    let mut random = StdRng::seed_from_u64(16);
    for _ in 0..kills() {
        killed_while_uploading(&directory, &test, &alice, &mut random).await;
    }
    let program = server(&directory, test.url()).await;
    let client = test.db.system().await.expect("a connection");
    let mut check = mindloom(["files", "check", "--jwt-secret", SECRET]);
    check.args(["--database-url", test.url(), "--data-dir"]);
    check.arg(&directory);
    agree(&client, check).await;
    drop(client);
    program.end(Signal::SIGTERM);
}

/// Lets the time of what was not finished come, waits for the job that removes it, and looks whether rows and bytes agree.
async fn agree(client: &tokio_postgres::Client, mut check: Command) {
    const LATE: &str = "
        update mindloom.file_uploads set expires_at = now() - interval '1 second';
        select private.enqueue_job('storage.remove_files', '{}')";
    const WAITING: &str = "
        select (select count(*) from mindloom.file_uploads) + (select count(*) from mindloom.file_removals)";
    let count = async |sql: &'static str| -> i64 {
        client.query_one(sql, &[]).await.expect("a count").get(0)
    };
    client.batch_execute(LATE).await.expect("a job");
    let mut waiting = count(WAITING).await;
    for _ in 0..1_500 {
        if waiting == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        waiting = count(WAITING).await;
    }
    assert_eq!(waiting, 0, "what was not finished is not removed");
    let files = count("select count(*) from storage.objects").await;
    assert!(files > 0, "nothing was uploaded");
    let told = tokio::task::spawn_blocking(move || succeed(&mut check));
    let told = told.await.expect("a check");
    assert_eq!(told, format!("{files} files agree with their rows\n"));
    println!("{files} files");
}

/// Uploads one file after another, and counts those that are stored; while the database is away, it is told so.
async fn upload_through(
    address: String,
    person: (Uuid, String),
    lane: usize,
    stored: Arc<AtomicUsize>,
) {
    let http = reqwest::Client::new();
    let base = format!("http://{address}/storage/v1/object/private/{}", person.0);
    for number in 0.. {
        let name = match number % 2 {
            0 => Uuid::new_v4().to_string(),
            _ => format!("{lane}-same"),
        };
        let put = http.post(format!("{base}/{name}")).bearer_auth(&person.1);
        let put = put.header("x-upsert", "true").body(vec![b'x'; 90_000]);
        match put.send().await {
            Ok(answer) => {
                let status = answer.status();
                let is_away = status.is_server_error();
                assert!(status == 200 || is_away, "{:?}", answer.text().await);
                if status == 200 {
                    stored.fetch_add(1, Ordering::Relaxed);
                }
            }
            Err(_) => return,
        }
    }
}

/// A server over a PostgreSQL of its own.
async fn own_server(directory: &Path) -> Program {
    let directory = directory.to_owned();
    let serve = move || Program::serve(&directory, &["--jwt-secret", SECRET]);
    tokio::task::spawn_blocking(serve).await.expect("a server")
}

/// A connection to that PostgreSQL.
async fn own_database(directory: &Path) -> tokio_postgres::Client {
    let mut url = mindloom(["database-url", "--data-dir"]);
    url.arg(directory);
    let url = tokio::task::spawn_blocking(move || succeed(&mut url));
    let url = url.await.expect("an address");
    let (client, connection) = tokio_postgres::connect(url.trim(), tokio_postgres::NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}

/// Waits until another PostgreSQL answers than the one that was killed.
async fn is_back(directory: &Path, address: &str, killed: Pid) {
    let (directory, address) = (directory.to_owned(), address.to_owned());
    let wait = move || {
        eventually("PostgreSQL runs again", || {
            postmaster(&directory) != killed && get(&address, "/readyz").0 == 200
        });
    };
    tokio::task::spawn_blocking(wait).await.expect("it is back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_databases_leave_neither_rows_nor_bytes_alone() {
    let directory = scratch_dir();
    let mut program = own_server(&directory).await;
    let id = Uuid::new_v4();
    let user = format!("insert into auth.users (id, email) values ('{id}', 'alice@example.org')");
    let client = own_database(&directory).await;
    client.batch_execute(BUCKETS).await.expect("buckets");
    client.batch_execute(&user).await.expect("somebody");
    let mut random = StdRng::seed_from_u64(17);
    let stored = Arc::<AtomicUsize>::default();
    for number in 0..kills() {
        let alice = (id, token("authenticated", Some(id), json!({})));
        let lanes: Vec<_> = (0..4)
            .map(|lane| {
                let (address, stored) = (program.address.clone(), Arc::clone(&stored));
                upload_through(address, alice.clone(), lane, stored)
            })
            .map(tokio::spawn)
            .collect();
        tokio::time::sleep(Duration::from_millis(random.random_range(50..600))).await;
        let killed = postmaster(&directory);
        kill(killed, Signal::SIGKILL).expect("PostgreSQL runs");
        // Every other time both at once: nobody is left who could tidy up.
        if number % 2 == 1 {
            program.end(Signal::SIGKILL);
            program = own_server(&directory).await;
        }
        is_back(&directory, &program.address, killed).await;
        for lane in lanes {
            // Those of a server that lives go on.
            lane.abort();
            let failed = lane.await.err();
            assert!(failed.is_none_or(|failed| failed.is_cancelled()), "refused");
        }
    }
    let stored = stored.load(Ordering::Relaxed);
    assert!(stored > 0, "every upload was refused");
    // What is still under way ends with the server.
    program.end(Signal::SIGTERM);
    program = own_server(&directory).await;
    let client = own_database(&directory).await;
    let mut check = mindloom(["files", "check", "--jwt-secret", SECRET, "--data-dir"]);
    check.arg(&directory);
    agree(&client, check).await;
    program.end(Signal::SIGTERM);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_flat_whatever_the_size() {
    const SIZE: usize = 64 << 20;
    let test = TestDb::new().await;
    test.run_as_owner(BUCKETS).await.expect("buckets");
    let alice = person(&test, "alice").await;
    let directory = scratch_dir();
    let program = server(&directory, test.url()).await;
    let http = reqwest::Client::new();
    let url = format!(
        "http://{}/storage/v1/object/private/{}/large",
        program.address, alice.id
    );
    let send = async |size: usize| {
        let chunk = vec![7_u8; 1 << 20];
        let body =
            stream::iter((0..size >> 20).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
        let put = http
            .post(&url)
            .bearer_auth(&alice.token)
            .header("x-upsert", "true");
        let put = put
            .body(reqwest::Body::wrap_stream(body))
            .send()
            .await
            .expect("an answer");
        assert_eq!(put.status(), 200);
        let got = http
            .get(&url)
            .bearer_auth(&alice.token)
            .send()
            .await
            .expect("an answer");
        let mut received = 0;
        let mut bytes = got.bytes_stream();
        while let Some(chunk) = bytes.next().await {
            received += chunk.expect("bytes").len();
        }
        assert_eq!(received, size);
    };
    // What a server keeps for speed, it has after the first large file.
    send(SIZE).await;
    let before = program.peak_memory_bytes();
    send(4 * SIZE).await;
    let grown = program.peak_memory_bytes() - before;
    // Three times as many bytes came on top: they were not kept.
    assert!(
        grown < SIZE as u64,
        "{grown} bytes more for four times {SIZE}"
    );
    program.end(Signal::SIGTERM);
}
