//! A rolling restart of two servers behind a load balancer loses no request.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::SECRET;
use crate::support::{
    TestDb,
    program::{Program, eventually},
    scratch_dir,
};

const RESTARTS: usize = 4;
const CLIENTS: usize = 8;

/// HAProxy with two servers behind it, until it is dropped.
struct Balancer {
    process: Child,
    address: String,
    statistics: String,
}

impl Balancer {
    fn start(directory: &Path, servers: [&str; 2]) -> Self {
        let (address, statistics) = (free_address(), free_address());
        let [one, two] = servers;
        let configuration = format!(
            "defaults\n  mode http\n  timeout connect 2s\n  timeout client 30s\n  timeout server 30s\n  \
             timeout check 5s\n\
             frontend all\n  bind {address}\n  default_backend servers\n\
             frontend statistics\n  bind {statistics}\n  stats enable\n  stats uri /\n\
             backend servers\n  balance roundrobin\n  option httpchk GET /readyz\n  \
             default-server check inter 100ms fastinter 100ms downinter 100ms fall 2 rise 2\n  \
             server one {one}\n  server two {two}\n"
        );
        let path = directory.join("haproxy.cfg");
        std::fs::write(&path, configuration).expect("written");
        let process = Command::new("haproxy")
            .arg("-db")
            .arg("-f")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("haproxy runs");
        Balancer {
            process,
            address,
            statistics,
        }
    }

    /// Waits until both servers are sent requests.
    async fn both_up(&self, client: &reqwest::Client) {
        loop {
            let url = format!("http://{}/;csv", self.statistics);
            let text = match client.get(url).send().await {
                Ok(answer) => answer.text().await.unwrap_or_default(),
                Err(_) => String::new(),
            };
            let up = |name: &str| {
                let line = format!("servers,{name},");
                text.lines()
                    .any(|found| found.starts_with(&line) && found.contains(",UP,"))
            };
            if up("one") && up("two") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rolling_restart_loses_no_request() {
    if Command::new("haproxy")
        .arg("-v")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        assert!(std::env::var_os("CI").is_none(), "haproxy is not installed");
        eprintln!("skipped: haproxy is not installed");
        return;
    }
    let test = TestDb::new().await;
    let flags = [
        "--database-url",
        test.url(),
        "--jwt-secret",
        SECRET,
        "--shutdown-delay-ms",
        "1000",
        "--requests-per-second",
        "0",
    ];
    // Servers of one database share its keys.
    let directory = scratch_dir();
    let directories = [directory.clone(), directory];
    let mut servers: Vec<Option<Program>> = directories
        .iter()
        .map(|directory| Some(Program::serve(directory, &flags)))
        .collect();
    let addresses: Vec<String> = servers
        .iter()
        .flatten()
        .map(|server| server.address.clone())
        .collect();
    let balancer = Balancer::start(&directories[0], [&addresses[0], &addresses[1]]);
    let client = reqwest::Client::new();
    let patience = Duration::from_secs(60);
    let up = tokio::time::timeout(patience, balancer.both_up(&client)).await;
    up.expect("the servers are up");

    let (over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let load = async {
        let one = async || {
            // What a pool of clients sees: connections that are kept.
            let client = reqwest::Client::new();
            let mut failed = Vec::new();
            while !over.load(Ordering::Relaxed) {
                // Steady load, and time for the balancer's checks.
                tokio::time::sleep(Duration::from_millis(5)).await;
                let request = client.post(format!("http://{}/graphql", balancer.address));
                let answer = request.json(&json!({"query": "{ version }"})).send().await;
                asked.fetch_add(1, Ordering::Relaxed);
                match answer {
                    Ok(answer) if answer.status() == 200 => {
                        let body: Result<Value, _> = answer.json().await;
                        failed.extend(body.err().map(|error| format!("{error:?}")));
                    }
                    Ok(answer) => failed.push(answer.status().to_string()),
                    Err(error) => failed.push(format!("{error:?}")),
                }
            }
            failed
        };
        let all = (0..CLIENTS).map(|_| one());
        futures_util::future::join_all(all).await.concat()
    };
    let restarts = async {
        for round in 0..RESTARTS {
            let which = round % 2;
            let server = servers[which].take().expect("it runs");
            let (directory, address) = (directories[which].clone(), addresses[which].clone());
            let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
            let before = asked.load(Ordering::Relaxed);
            let restarted = tokio::task::spawn_blocking(move || {
                let log = server.log_at_end(Signal::SIGTERM);
                let warned = log.lines().any(|line| {
                    line.contains("\"level\":\"WARN\"") || line.contains("\"level\":\"ERROR\"")
                });
                assert!(!warned, "a stop in order warns of nothing: {log}");
                let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
                Program::serve_at(&directory, &address, &flags)
            });
            servers[which] = Some(restarted.await.expect("it restarts"));
            let up = tokio::time::timeout(patience, balancer.both_up(&client)).await;
            up.expect("both servers are up again");
            assert!(asked.load(Ordering::Relaxed) > before, "there was load");
        }
        over.store(true, Ordering::Relaxed);
    };
    let (failed, ()) = tokio::join!(load, restarts);
    println!(
        "{} requests, {} failed",
        asked.load(Ordering::Relaxed),
        failed.len()
    );
    assert!(failed.is_empty(), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_is_not_ready_and_serves_on_until_asked_again() {
    let test = TestDb::new().await;
    let flags = ["--database-url", test.url(), "--shutdown-delay-ms", "60000"];
    let server = Program::serve(&scratch_dir(), &flags);
    assert_eq!(server.get("/readyz").0, 200);
    server.signal(Signal::SIGTERM);
    tokio::task::spawn_blocking(move || {
        eventually("it is not ready", || server.get("/readyz").0 == 503);
        assert_eq!(server.get("/healthz").0, 200, "it serves on");
        let begun = std::time::Instant::now();
        server.end(Signal::SIGTERM);
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it does not wait for the delay"
        );
    })
    .await
    .expect("it ends");
}
