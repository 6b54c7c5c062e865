//! The program as it is run: killed while files come in, and with files larger than it may need memory for.

use std::{path::Path, time::Duration};

use futures_util::{StreamExt, stream};
use nix::sys::signal::Signal;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::{BUCKETS, Person, person};
use crate::support::{
    TestDb,
    program::{Program, mindloom, succeed},
    scratch_dir,
    server::SECRET,
};

/// `MINDLOOM_TEST_KILLS=100` kills so often.
const KILLS: usize = 5;

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
            let person = (alice.id, alice.token.clone());
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
    let kills = std::env::var("MINDLOOM_TEST_KILLS")
        .map_or(KILLS, |kills| kills.parse().expect("a number"));
    let test = TestDb::new().await;
    test.run_as_owner(BUCKETS).await.expect("buckets");
    let alice = person(&test, "alice").await;
    let directory = scratch_dir();
    let mut random = StdRng::seed_from_u64(16);
    for _ in 0..kills {
        killed_while_uploading(&directory, &test, &alice, &mut random).await;
    }
    // Their time comes.
    test.run_as_owner("update mindloom.file_uploads set expires_at = now() - interval '1 second'")
        .await
        .expect("late");
    let program = server(&directory, test.url()).await;
    test.run_as_owner("select private.enqueue_job('storage.remove_files', '{}')")
        .await
        .expect("a job");
    let client = test.db.system().await.expect("a connection");
    let waiting = "select (select count(*) from mindloom.file_uploads) + (select count(*) from mindloom.file_removals)";
    for _ in 0..1_500 {
        if client
            .query_one(waiting, &[])
            .await
            .expect("a count")
            .get::<_, i64>(0)
            == 0
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let files: i64 = client
        .query_one("select count(*) from storage.objects", &[])
        .await
        .expect("a count")
        .get(0);
    drop(client);
    let (url, checked) = (test.url().to_owned(), directory.clone());
    let check = move || {
        let mut command = mindloom([
            "files",
            "check",
            "--jwt-secret",
            SECRET,
            "--database-url",
            &url,
            "--data-dir",
        ]);
        succeed(command.arg(checked))
    };
    let told = tokio::task::spawn_blocking(check).await.expect("a check");
    assert_eq!(told, format!("{files} files agree with their rows\n"));
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
