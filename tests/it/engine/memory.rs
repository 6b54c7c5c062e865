//! What the server keeps in memory is bounded, and goes back.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{TestDb, program::Program, scratch_dir};

/// How long strangers send documents; SOAK_SECONDS=600 makes it a soak.
const SOAK_SECONDS: u64 = 20;
/// What a cache of 16 MiB, its neighbours, and requests on their way may add.
const GROWTH_MAX_BYTES: u64 = 48 << 20;
/// Enough of them that each weighed by its text alone would come to much more.
const DOCUMENTS_MIN: usize = 4_000;

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_sent_once_do_not_fill_the_memory() {
    let test = TestDb::new().await;
    let server = Program::serve(
        &scratch_dir(),
        &["--database-url", test.url(), "--requests-per-second", "0"],
    );
    let client = reqwest::Client::new();
    let send = async |n: usize| {
        let fields = "nodes { id content createdAt updatedAt cluster { id name } }";
        let document = format!(
            "{{ a{n}: notes(first: 1) {{ {fields} }} b{n}: clusters(first: 1) {{ nodes {{ id }} }} }}"
        );
        let request = client.post(format!("http://{}/graphql", server.address));
        let answer = request.json(&json!({ "query": document })).send().await;
        assert!(answer.is_ok_and(|answer| answer.status().is_success()));
    };
    // What the first requests need is no growth: connections, statements, the description of the schema.
    join_all((0..200).map(&send)).await;
    let before = server.resident_memory_bytes();
    let asked = std::env::var("SOAK_SECONDS").ok();
    let seconds = asked.and_then(|seconds| seconds.parse().ok());
    let soak = Duration::from_secs(seconds.unwrap_or(SOAK_SECONDS));
    let begun = Instant::now();
    let mut sent = 200;
    while begun.elapsed() < soak || sent < DOCUMENTS_MIN {
        join_all((sent..sent + 50).map(&send)).await;
        sent += 50;
    }
    let growth = server.resident_memory_bytes().saturating_sub(before);
    println!("{sent} documents: {} MiB more", growth >> 20);
    assert!(
        growth < GROWTH_MAX_BYTES,
        "{sent} documents: {growth} bytes"
    );
}
