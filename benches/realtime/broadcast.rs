//! Broadcast fan-out: one sender, many members of its channel.
//!
//! The members are another process, so that the processor time of each side can be told.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    generator::{Generator, Load, UNPACED},
    stand::Stand,
};

/// Members of the channel.
const MEMBERS: usize = 2_000;
const RUN: Duration = Duration::from_secs(10);

/// Runs the part and returns its rows.
pub async fn run(stand: &Stand, share: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    // Paced at the rate to be reached, for the latency; then as fast as it goes.
    for (name, messages_per_second) in [
        ("paced", 100.0),
        ("paced", 150.0),
        ("as fast as it goes", UNPACED),
    ] {
        let load = Load::Broadcast {
            members: MEMBERS / share,
            messages_per_second,
            seconds: RUN.as_secs().div_ceil(share as u64),
            payload_bytes: 100,
        };
        let mut generator = Generator::start(stand, &load, &[stand.token()]);
        generator.wait_for("ready");
        let (began, server_before) = (
            Instant::now(),
            super::process::cpu_seconds(std::process::id()),
        );
        generator.go();
        let report = generator.report();
        let seconds = began.elapsed().as_secs_f64();
        let server = super::process::cpu_seconds(std::process::id()) - server_before;
        rows.push(json!({
            "part": "broadcast", "mode": name, "members": MEMBERS / share,
            "messages_per_second_asked": if messages_per_second < UNPACED { json!(messages_per_second) } else { Value::Null },
            "deliveries_per_second": report["deliveries_per_second"],
            "lost": report["lost"],
            "p50_ms": report["p50_ms"], "p95_ms": report["p95_ms"], "p99_ms": report["p99_ms"],
            "server_cores": server / seconds,
            "generator_cores": report["cpu_seconds"].as_f64().unwrap_or_default() / seconds,
        }));
    }
    rows
}
