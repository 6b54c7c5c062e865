//! Servers and workers are killed while they write, and whoever reads goes away and comes back: every word is there once, in
//! order.
//!
//! Two servers write and answer, a worker writes beside them. A follower of each answer asks one of the servers, reads on
//! for a while, and comes back at the other one or the same: after what it has, or after something that it had before,
//! which it has to get again as it was.

use std::{
    path::{Path, PathBuf},
    process::{Child, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use mindloom::auth::Caller;
use nix::sys::signal::Signal;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    Follower, SEND, Sent, assert_whole,
    provider::{Provider, Reply},
    sent, text_of, token, without_limits,
};
use crate::support::{
    TestDb,
    program::{Program, mindloom},
    scratch_dir,
    server::SECRET,
};

/// `MINDLOOM_TEST_STREAMS=200` has so many answers written at once, `MINDLOOM_TEST_KILLS=9` kills so often.
const STREAMS: usize = 24;
const KILLS: usize = 3;
const WORDS: usize = 100;
/// From word to word: some 50 a second.
const PAUSE_MS: u64 = 20;
/// Answers that are asked for at the same time.
const ASKED_AT_ONCE: usize = 8;
/// Of so many times that a follower comes back, one is after something that it had before.
const REWIND: u32 = 3;

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
}

/// What may be killed: two servers, and a worker.
struct Programs {
    directory: PathBuf,
    database: String,
    provider: String,
    servers: [Option<Program>; 2],
    worker: Child,
    /// Where the servers answer at present.
    places: Places,
}

type Places = Arc<Mutex<[String; 2]>>;

fn common<'a>(database: &'a str, provider: &'a str) -> [&'a str; 14] {
    [
        "--workers",
        "4",
        "--database-url",
        database,
        "--jwt-secret",
        SECRET,
        "--openai-api-key",
        "sk-test",
        "--openai-base-url",
        provider,
        "--embedding-model",
        "off",
        "--request-pool-size",
        "4",
    ]
}

async fn server(directory: &Path, database: &str, provider: &str) -> Program {
    let directory = directory.to_owned();
    let (database, provider) = (database.to_owned(), provider.to_owned());
    let serve = move || {
        let mut flags = common(&database, &provider).to_vec();
        // What a test adds to the database is none of the migrations'.
        flags.push("--allow-schema-differences");
        Program::serve(&directory, &flags)
    };
    tokio::task::spawn_blocking(serve).await.expect("a server")
}

fn worker(directory: &Path, database: &str, provider: &str) -> Child {
    let mut command = mindloom(["worker"]);
    command.args(common(database, provider)).arg("--data-dir");
    command.arg(directory).stderr(Stdio::null());
    command.spawn().expect("the binary runs")
}

impl Programs {
    async fn start(database: &str, provider: &str) -> Self {
        let directory = scratch_dir();
        let first = server(&directory, database, provider).await;
        let second = server(&directory, database, provider).await;
        let places = [first.address.clone(), second.address.clone()];
        Programs {
            worker: worker(&directory, database, provider),
            servers: [Some(first), Some(second)],
            places: Arc::new(Mutex::new(places)),
            database: database.to_owned(),
            provider: provider.to_owned(),
            directory,
        }
    }

    /// Kills one of them, and starts it anew.
    async fn kill(&mut self, which: usize) {
        let (directory, database, provider) = (&self.directory, &self.database, &self.provider);
        if which == 2 {
            self.worker.kill().expect("it runs");
            self.worker.wait().expect("it ends");
            self.worker = worker(directory, database, provider);
            return;
        }
        let killed = self.servers[which].take().expect("it runs");
        tokio::task::spawn_blocking(move || killed.end(Signal::SIGKILL))
            .await
            .expect("it ends");
        let started = server(directory, database, provider).await;
        self.places.lock().expect("no panic")[which].clone_from(&started.address);
        self.servers[which] = Some(started);
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        let _ = self.worker.kill();
        let _ = self.worker.wait();
    }
}

/// Has an answer written, for somebody of their own.
async fn ask(client: &reqwest::Client, place: &str, who: &Caller) -> Sent {
    let variables = json!({"parts": [{"type": "text", "text": "Count"}]});
    let asked = client
        .post(format!("http://{place}/graphql"))
        .bearer_auth(token(who))
        .json(&json!({"query": SEND, "variables": variables}));
    let answer = asked.send().await.expect("an answer").text().await;
    let answer: Value = serde_json::from_str(&answer.expect("a text")).expect("JSON");
    assert!(answer.get("errors").is_none(), "{answer}");
    sent(&answer["data"]["sendMessage"])
}

/// Reads an answer to its end, away and back again; gives all of its events.
async fn follow(
    client: reqwest::Client,
    places: Places,
    who: Caller,
    stream: String,
    (seed, returns): (u64, Arc<AtomicUsize>),
) -> Vec<Value> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut seen: Vec<Value> = Vec::new();
    loop {
        let after = match random.random_ratio(1, REWIND) {
            true => random.random_range(0..=seen.len()),
            false => seen.len(),
        };
        let place = places.lock().expect("no panic")[random.random_range(0..2)].clone();
        let offset = i64::try_from(after).expect("few");
        let Some(mut follower) = Follower::at(&client, &place, &who, &stream, offset).await else {
            // Killed, and not back yet.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        returns.fetch_add(1, Ordering::Relaxed);
        let patience = random.random_range(1..60);
        for place in after..after + patience {
            let Some(event) = follower.next().await else {
                // It was killed, or told that it stops.
                break;
            };
            assert_eq!(event["offset"], place + 1, "in order: {event}");
            match seen.get(place) {
                Some(before) => assert_eq!(&event, before, "once more as it was"),
                None => seen.push(event),
            }
            if seen[place]["kind"] == "END" {
                return seen;
            }
        }
        if let Some(refused) = follower.refused {
            let code = &refused["extensions"]["code"];
            assert_eq!(code, "UNAVAILABLE", "{refused}");
        }
    }
}

/// Waits until so many chunks more are stored than `before`, or all answers have ended; gives how many chunks there are.
async fn written(test: &TestDb, before: usize, more: usize) -> usize {
    let began = std::time::Instant::now();
    loop {
        let count = test.value("select count(*) from mindloom.stream_chunks");
        let count: usize = count.await.expect("a count").parse().expect("a number");
        if count >= before + more {
            return count;
        }
        // Whoever is quick has ended before the last kill.
        let open = test.value("select count(*) from public.streams where ended_at is null");
        if open.await.as_deref() == Some("0") {
            return count;
        }
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "{count} chunks, and no more come"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_word_is_there_once_whoever_is_killed_and_wherever_one_comes_back() {
    let streams = number("MINDLOOM_TEST_STREAMS", STREAMS);
    let kills = number("MINDLOOM_TEST_KILLS", KILLS);
    let words: String = (0..WORDS).map(|word| format!("{word} ")).collect();
    let gate = Arc::new(Semaphore::new(0));
    let reply = Reply {
        pause_ms: PAUSE_MS,
        ..Reply::text(&words)
    };
    let provider = Provider::script(vec![reply.gated(&gate)]).await;
    let test = TestDb::new().await;
    without_limits(&test).await;
    let mut programs = Programs::start(test.url(), &provider.url).await;
    let client = reqwest::Client::new();
    let mut people = Vec::new();
    for number in 0..streams {
        people.push(test.user(&format!("p{number}@example.org")).await);
    }
    let at = programs.places.lock().expect("no panic").clone();
    let asking = people.into_iter().enumerate().map(|(number, who)| {
        let (client, place) = (&client, &at[number % 2]);
        async move {
            let sent = ask(client, place, &who).await;
            (who, sent)
        }
    });
    let asked: Vec<(Caller, Sent)> = stream::iter(asking)
        .buffer_unordered(ASKED_AT_ONCE)
        .collect()
        .await;
    let returns = Arc::new(AtomicUsize::new(0));
    let followers: Vec<_> = asked
        .iter()
        .zip(0_u64..)
        .map(|((who, sent), seed)| {
            let (places, stream) = (Arc::clone(&programs.places), sent.stream.clone());
            let with = (seed, Arc::clone(&returns));
            tokio::spawn(follow(client.clone(), places, who.clone(), stream, with))
        })
        .collect();
    // From here on the provider writes.
    gate.add_permits(Semaphore::MAX_PERMITS);

    let mut random = StdRng::seed_from_u64(7);
    let mut stored = 0;
    for kill in 0..kills {
        // Once some of them write, or write again.
        stored = written(&test, stored, 2 * streams).await;
        tokio::time::sleep(Duration::from_millis(random.random_range(20..500))).await;
        programs.kill([0, 2, 1][kill % 3]).await;
    }
    let mut restarts = 0;
    for (follower, (_, sent)) in followers.into_iter().zip(&asked) {
        let events = follower.await.expect("no panic");
        assert_whole(&events, 0);
        let end = &events[events.len().saturating_sub(4)..];
        if events[events.len() - 1]["reason"] != "COMPLETED" {
            let job = format!(
                "select jsonb_build_object('job', to_jsonb(j), 'stream', to_jsonb(s))::text
                 from public.streams s left join public.job_queue j on j.id = s.job_id where s.id = '{}'",
                sent.stream
            );
            panic!("{end:?}: {:?}", test.value(&job).await);
        }
        assert_eq!(text_of(&events), words, "{}: {end:?}", sent.stream);
        restarts += events
            .iter()
            .filter(|event| event["kind"] == "RESTART")
            .count();
        let parts = format!(
            "select parts::text from public.messages where id = '{}'",
            sent.answer
        );
        let parts = test.value(&parts).await.expect("the message");
        let parts: Value = serde_json::from_str(&parts).expect("JSON");
        assert_eq!(parts, json!([{"type": "text", "text": words}]));
    }
    assert!(restarts > 0, "nobody was killed while they wrote");
    // Of each answer one call was completed; those that were killed are others.
    let completed =
        "select count(distinct message_id) || ' of ' || count(*) from public.model_calls
        where purpose = 'chat' and outcome = 'completed'";
    let each_once = format!("{streams} of {streams}");
    assert_eq!(test.value(completed).await, Some(each_once));
    println!(
        "{streams} answers of {WORDS} words, {kills} kills, {restarts} answers begun anew, followers came {} times",
        returns.load(Ordering::Relaxed)
    );
}
