//! Memory of idle sockets, each of a user of its own who has joined a channel.

use serde_json::{Value, json};

use super::{
    generator::{Generator, Load},
    process,
    stand::Stand,
};

const SOCKETS: usize = 10_000;

/// Runs the part and returns its rows.
pub async fn run(stand: &Stand, share: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    for (name, changes) in [("broadcast and presence", false), ("changes of rows", true)] {
        let before = process::rss_bytes(std::process::id());
        let tokens: Vec<String> = (0..SOCKETS / share).map(|_| stand.token()).collect();
        let mut generator = Generator::start(stand, &Load::Idle { changes }, &tokens);
        generator.wait_for("ready");
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        let open = stand.connections();
        let after = process::rss_bytes(std::process::id());
        generator.go();
        generator.report();
        rows.push(json!({
            "part": "idle", "subscription": name, "sockets": open,
            "bytes_per_socket": after.saturating_sub(before) as f64 / open.max(1) as f64,
        }));
        while stand.connections() > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
    rows
}
