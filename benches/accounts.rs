//! How many sign-ins a second the server takes, and what twenty of them a second cost everybody else.
//!
//! `cargo bench --bench accounts` starts the binary with a database of its own, measures the latency of a
//! plain query at a steady rate, once alone and once beside sign-ins, in turns, and then counts sign-ins in a
//! closed loop. Requests are sent by the clock, not when the former answer came, so waiting is not hidden.
//! The exit status is 1 when the 99th percentile grows by half or more.

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

const ACCOUNTS: usize = 40;
const PASSWORD: &str = "a password for the bench";
const QUERIES_PER_SECOND: u32 = 100;
const SIGN_INS_PER_SECOND: u32 = 20;
const ROUND: Duration = Duration::from_secs(10);
/// Rounds of each kind, in turns, so that whatever else the machine does falls on both.
const ROUNDS: usize = 3;
const CLOSED_LOOP_CLIENTS: usize = 8;
const QUERY: &str = "{ notes(first: 20) { nodes { id content wordCount createdAt updatedAt } } }";
const SIGN_IN: &str =
    "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { accessToken } }";

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    // For a moment only: to know whether this runs, whatever it measures.
    let is_smoke = std::env::args().any(|argument| argument == "--smoke");
    let directory =
        std::env::temp_dir().join(format!("mindloom-bench-accounts-{}", std::process::id()));
    let outcome = measure(&directory, is_smoke).await;
    let _ = std::fs::remove_dir_all(&directory);
    outcome
}

async fn measure(directory: &Path, is_smoke: bool) -> Result<ExitCode, Failure> {
    let server = Server::start(directory.to_owned()).await?;
    let token = server.prepare().await?;
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    let (rounds, length) = if is_smoke {
        (1, Duration::from_secs(1))
    } else {
        (ROUNDS, ROUND)
    };
    server.queries(&token, length / 3).await;
    for round in 1..=rounds {
        alone.extend(server.queries(&token, length).await);
        let (queries, sign_ins) =
            tokio::join!(server.queries(&token, length), server.sign_ins(length));
        beside.extend(queries);
        println!(
            "round {round}: sign-ins beside queries: {}",
            summary(sign_ins)
        );
    }
    let (before, after) = (percentile(&mut alone, 99), percentile(&mut beside, 99));
    println!(
        "queries alone,      {QUERIES_PER_SECOND}/s: {}",
        summary(alone)
    );
    println!(
        "queries beside {SIGN_INS_PER_SECOND} sign-ins/s: {}",
        summary(beside)
    );
    let growth = after.as_secs_f64() / before.as_secs_f64() - 1.0;
    println!("p99 of queries grows by {:.0} %", growth * 100.0);
    let start = Instant::now();
    let count = server.closed_loop(length).await;
    println!(
        "sign-ins in a closed loop of {CLOSED_LOOP_CLIENTS}: {:.1}/s",
        count as f64 / start.elapsed().as_secs_f64()
    );
    Ok(if growth < 0.5 || is_smoke {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

struct Server {
    url: String,
    http: reqwest::Client,
    directory: PathBuf,
    _process: Child,
}

impl Server {
    async fn start(directory: PathBuf) -> Result<Self, Failure> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_mindloom"))
            .args(["serve", "--bind", "127.0.0.1:0", "--autoconfirm"])
            .args([
                "--attempts-per-address",
                "1000000",
                "--mails-per-address",
                "1000000",
            ])
            .arg("--data-dir")
            .arg(&directory)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(process.stderr.take().ok_or("no standard error")?).lines();
        let url = loop {
            let line = lines
                .next_line()
                .await?
                .ok_or("the server ended before it was ready")?;
            // ready: http://…/graphiql for browsers, http://…/graphql for programs
            if let Some((before, _)) = line.split_once(" for programs") {
                break before.rsplit(' ').next().unwrap_or_default().to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Server {
            url,
            http: reqwest::Client::new(),
            directory,
            _process: process,
        })
    }

    /// Makes the accounts, and notes for one of them, whose token is returned.
    async fn prepare(&self) -> Result<String, Failure> {
        let sign_up =
            "mutation($i: SignUpInput!) { signUp(input: $i) { session { accessToken } } }";
        let mut token = String::new();
        for number in 0..ACCOUNTS {
            let variables = json!({"i": {"email": email(number), "password": PASSWORD}});
            let answer = self.run(None, sign_up, &variables).await?;
            let session = &answer["data"]["signUp"]["session"]["accessToken"];
            token = session
                .as_str()
                .ok_or_else(|| format!("{answer}"))?
                .to_owned();
        }
        let create = "mutation($n: [NoteInput!]!) { createNotes(inputs: $n) { affectedCount } }";
        let notes: Vec<Value> = (0..100)
            .map(|number| json!({"content": format!("note {number} {}", "some words ".repeat(20))}))
            .collect();
        let answer = self.run(Some(&token), create, &json!({"n": notes})).await?;
        if !answer["errors"].is_null() {
            return Err(format!("{answer}").into());
        }
        println!("data in {}", self.directory.display());
        Ok(token)
    }

    async fn run(
        &self,
        token: Option<&str>,
        query: &str,
        variables: &Value,
    ) -> Result<Value, Failure> {
        let request = self
            .http
            .post(&self.url)
            .json(&json!({"query": query, "variables": variables}));
        let request = token
            .into_iter()
            .fold(request, |request, token| request.bearer_auth(token));
        Ok(request.send().await?.json().await?)
    }

    /// Latencies of the query, sent at a steady rate.
    async fn queries(&self, token: &str, duration: Duration) -> Vec<Duration> {
        let send = |_| async {
            let answer = self.run(Some(token), QUERY, &json!({})).await;
            answer.is_ok_and(|answer| {
                answer["data"]["notes"]["nodes"]
                    .as_array()
                    .is_some_and(|nodes| nodes.len() == 20)
            })
        };
        steadily(QUERIES_PER_SECOND, duration, send).await
    }

    /// Latencies of sign-ins, sent at a steady rate.
    async fn sign_ins(&self, duration: Duration) -> Vec<Duration> {
        steadily(SIGN_INS_PER_SECOND, duration, |number| self.sign_in(number)).await
    }

    async fn sign_in(&self, number: usize) -> bool {
        let variables = json!({"e": email(number % ACCOUNTS), "p": PASSWORD});
        let answer = self.run(None, SIGN_IN, &variables).await;
        answer.is_ok_and(|answer| answer["data"]["signIn"]["accessToken"].is_string())
    }

    /// How many sign-ins some clients get done who each begin anew when they are answered.
    async fn closed_loop(&self, duration: Duration) -> usize {
        let start = Instant::now();
        let clients = (0..CLOSED_LOOP_CLIENTS).map(|client| async move {
            let mut count = 0;
            while start.elapsed() < duration {
                assert!(
                    self.sign_in(client + CLOSED_LOOP_CLIENTS * count).await,
                    "a sign-in failed"
                );
                count += 1;
            }
            count
        });
        futures_util::future::join_all(clients)
            .await
            .into_iter()
            .sum()
    }
}

/// Sends by the clock and measures from when each was due.
async fn steadily<F>(
    per_second: u32,
    duration: Duration,
    send: impl Fn(usize) -> F,
) -> Vec<Duration>
where
    F: Future<Output = bool>,
{
    let start = tokio::time::Instant::now();
    let gap = Duration::from_secs(1) / per_second;
    let count = (duration.as_secs_f64() * f64::from(per_second)) as u32;
    let send = Arc::new(send);
    let requests = (0..count).map(|number| {
        let due = start + gap * number;
        let send = Arc::clone(&send);
        async move {
            tokio::time::sleep_until(due).await;
            assert!(send(number as usize).await, "a request failed");
            due.elapsed()
        }
    });
    futures_util::future::join_all(requests).await
}

fn email(number: usize) -> String {
    format!("member{number}@example.org")
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    times[(times.len() - 1) * percent / 100]
}

fn summary(mut times: Vec<Duration>) -> String {
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let [p50, p90, p99] = [50, 90, 99].map(|percent| ms(percentile(&mut times, percent)));
    format!(
        "p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms ({} requests)",
        times.len()
    )
}
