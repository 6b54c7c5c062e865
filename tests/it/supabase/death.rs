//! A server that dies takes its members out of the channels.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::json;

use super::server::{Client, SECRET, anon};
use crate::support::program::Program;
use crate::support::{TestDb, scratch_dir};

/// How long the others may still be shown its members.
const GONE_WITHIN: Duration = Duration::from_secs(5);

async fn client(server: &Program) -> Client {
    let query = format!("?vsn=2.0.0&apikey={}", anon());
    let opened = Client::open(&server.address, &query).await;
    opened.unwrap_or_else(|refused| panic!("{refused:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_of_a_killed_server_are_gone_within_five_seconds() {
    let test = TestDb::new().await;
    let secret = std::str::from_utf8(SECRET).expect("text");
    let directory = scratch_dir();
    let serve = || {
        let small = [
            "--request-pool-size",
            "2",
            "--transaction-pool-size",
            "2",
            "--system-pool-size",
            "4",
        ];
        let own = ["--jwt-secret", secret, "--database-url", test.url()];
        Program::serve(&directory, &[&small[..], &own[..]].concat())
    };
    let (dies, stays) = (serve(), serve());
    let present = json!({"presence": {"key": "alice", "enabled": true}});
    let mut alice = client(&dies).await;
    let join = alice.joined("realtime:room", present).await;
    let track = json!({"type": "presence", "event": "track", "payload": {"at": "home"}});
    alice
        .push(Some(&join), "realtime:room", "presence", track)
        .await;

    let mut bob = client(&stays).await;
    let present = json!({"presence": {"key": "bob", "enabled": true}});
    bob.joined("realtime:room", present).await;
    loop {
        let told = bob.next_text().await;
        let seen = [&told[4]["alice"], &told[4]["joins"]["alice"]];
        if seen.iter().any(|entry| entry["metas"][0]["at"] == "home") {
            break;
        }
    }
    assert!(!dies.end(Signal::SIGKILL));
    let killed = Instant::now();
    let told = bob.next_text().await;
    assert_eq!(
        told[4]["leaves"]["alice"]["metas"][0]["at"], "home",
        "{told}"
    );
    let after = killed.elapsed();
    assert!(after < GONE_WITHIN, "{after:?}");
    println!("gone after {after:?}");
}
