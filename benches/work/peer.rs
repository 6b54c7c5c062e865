//! The same jobs by graphile-worker, over the same PostgreSQL in the same minutes.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use super::stand::Stand;

const JOBS: usize = 40_000;
const STARTS: usize = 200;

/// Runs the peer and returns its rows; none where there is no Node.js.
pub async fn run(stand: &Stand, share: usize) -> Vec<Value> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/work/graphile");
    if !directory.join("node_modules").exists() {
        let install = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&directory)
            .output();
        if !install.is_ok_and(|output| output.status.success()) {
            println!("graphile-worker cannot be installed: its part is left out");
            return Vec::new();
        }
    }
    let command = Command::new("node")
        .arg(directory.join("run.mjs"))
        .env("DATABASE_URL", stand.url())
        .env("JOBS", (JOBS / share).to_string())
        .env("STARTS", (STARTS / share).max(5).to_string())
        .output();
    let output = command.expect("Node.js");
    let text = String::from_utf8_lossy(&output.stdout);
    let rows = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut rows: Vec<Value> = rows.collect();
    if rows.is_empty() {
        println!("{}", String::from_utf8_lossy(&output.stderr));
    }
    for row in &mut rows {
        row["part"] = json!("graphile-worker");
    }
    rows
}
