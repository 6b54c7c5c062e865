//! Measures what the server does by itself: `cargo bench --bench work -- [part …]`, with `--smoke` for a moment. Prints
//! a table and writes `target/work.json`. Parts: `chat`, `clusters`, `embeddings`, `queue`, and `peer`, the same jobs by graphile-worker,
//! where Node.js is.

#![allow(clippy::expect_used, reason = "a measurement that cannot be made ends")]

mod chat;
mod clusters;
mod embeddings;
mod peer;
mod queue;
mod stand;

use serde_json::Value;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    // For a moment only, to know whether this runs: so much smaller is each part.
    let (smoke, arguments): (Vec<String>, Vec<String>) = arguments
        .into_iter()
        .partition(|argument| argument == "--smoke");
    let share = if smoke.is_empty() { 1 } else { 20 };
    let wanted =
        |part: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == part);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let rows = runtime.block_on(async {
        let stand = stand::Stand::start().await;
        let mut rows = Vec::new();
        if wanted("chat") {
            rows.extend(chat::run(&stand, share).await);
        }
        if wanted("clusters") {
            rows.extend(clusters::run(&stand, share).await);
        }
        if wanted("embeddings") {
            rows.extend(embeddings::run(&stand, share).await);
        }
        if wanted("queue") {
            rows.extend(queue::run(&stand, share).await);
        }
        if wanted("peer") {
            rows.extend(peer::run(&stand, share).await);
        }
        stand.stop().await;
        rows
    });
    for row in &rows {
        print_row(row);
    }
    let text = serde_json::to_string_pretty(&rows).expect("JSON");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/work.json");
    std::fs::write(path, text).expect("written");
}

fn print_row(row: &Value) {
    let cells = row
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| match value.as_f64() {
            Some(number) if number.fract() != 0.0 => format!("{name}={number:.2}"),
            _ => format!("{name}={value}"),
        });
    println!("{}", cells.collect::<Vec<_>>().join("  "));
}
