//! Answers: from a token that a worker has to the subscriber who gets it, stored in between, for many at once.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mindloom::{
    db::Db,
    streams::{Followed, Streams},
    tasks::Tasks,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::stand::Stand;

const STREAMS: usize = 200;
const TOKENS: usize = 500;
/// Of each stream.
const TOKENS_PER_S: u64 = 50;

/// Streams in chats of their own, of one person.
const MAKE: &str = "
    with person as (insert into auth.users (email) values (gen_random_uuid() || '@bench.example') returning id),
      chats as (insert into public.chats (user_id, title) select p.id, 'c' from person p, generate_series(1, $1::bigint)
        returning id),
      messages as (insert into public.messages (chat_id, role, parts) select id, 'assistant', '[]' from chats
        returning id, chat_id)
    insert into public.streams (chat_id, message_id, status) select chat_id, id, 'writing' from messages returning id";

/// Runs the part and returns its rows: followed on the server that writes, and on another one.
pub async fn run(stand: &Stand, share: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    for streams in [1, (STREAMS / share).max(2)] {
        for same_server in [true, false] {
            rows.push(latency(&stand.db, streams, TOKENS / share, same_server).await);
        }
    }
    rows
}

async fn latency(db: &Db, count: usize, tokens: usize, same_server: bool) -> Value {
    let (writing, following) = (Tasks::default(), Tasks::default());
    let writer = Streams::start(db, &writing, &writing);
    let reader = match same_server {
        true => writer.clone(),
        false => Streams::start(db, &following, &following),
    };
    let client = db.system().await.expect("a connection");
    let wanted = i64::try_from(count).expect("few");
    let made = client.query(MAKE, &[&wanted]).await.expect("streams");
    drop(client);
    let epoch = Instant::now();
    let mut followers = Vec::new();
    for row in made {
        let stream: Uuid = row.get(0);
        let follower = reader.follow(stream, 0).await.expect("it is there");
        followers.push(tokio::spawn(follow(follower, epoch)));
        tokio::spawn(write(writer.clone(), stream, tokens, epoch));
    }
    let mut took = Vec::new();
    for follower in followers {
        took.extend(follower.await.expect("no panic"));
    }
    took.sort_unstable();
    let quantile = |part: usize| took[(took.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
    let row = json!({
        "part": "chat", "figure": "token_to_subscriber", "streams": count, "same_server": same_server,
        "tokens": took.len(), "p50_ms": quantile(50), "p95_ms": quantile(95), "p99_ms": quantile(99),
    });
    writing.stop(Duration::from_secs(5)).await;
    following.stop(Duration::from_secs(5)).await;
    row
}

/// Writes tokens that say when they were had, at the pace of a model.
async fn write(streams: Streams, stream: Uuid, tokens: usize, epoch: Instant) {
    let mut writer = streams.write(stream, 1);
    let mut pace = tokio::time::interval(Duration::from_millis(1_000 / TOKENS_PER_S));
    for _ in 0..tokens {
        loop {
            tokio::select! {
                _ = pace.tick() => break,
                stored = writer.stored() => stored.expect("stored"),
            }
        }
        let now = epoch.elapsed().as_micros();
        writer.push(json!({"kind": "TEXT", "text": format!("{now} ")}));
    }
    writer.push(json!({"kind": "END"}));
    writer.flush().await.expect("stored");
}

/// How long each token was on its way.
async fn follow(mut follower: mindloom::streams::Follower, epoch: Instant) -> Vec<Duration> {
    let mut took = Vec::new();
    while let Some(Followed::Event(_, event)) = follower.next().await.expect("it goes on") {
        let now = epoch.elapsed();
        let event: Arc<Value> = event;
        let had = event["text"]
            .as_str()
            .unwrap_or_default()
            .split_whitespace();
        took.extend(
            had.filter_map(|had| had.parse().ok())
                .map(|had| now.saturating_sub(Duration::from_micros(had))),
        );
    }
    took
}
