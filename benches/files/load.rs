//! Clients that ask as fast as they are answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join_all};

use super::server::Server;

/// Downloads a second, in lanes that each ask for one file after another.
pub async fn get(urls: &[String], token: Option<&str>, lanes: usize, time: Duration) -> f64 {
    let done = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let lane = |lane: usize| {
        let done = Arc::clone(&done);
        async move {
            let http = reqwest::Client::new();
            let mut number = lane;
            while began.elapsed() < time {
                let request = http.get(&urls[number % urls.len()]);
                let request = match token {
                    Some(token) => request.bearer_auth(token),
                    None => request,
                };
                let answer = request.send().await.expect("an answer");
                assert_eq!(answer.status(), 200);
                let mut bytes = answer.bytes_stream();
                while let Some(chunk) = bytes.next().await {
                    drop(chunk.expect("bytes"));
                }
                done.fetch_add(1, Ordering::Relaxed);
                number += 1;
            }
        }
    };
    join_all((0..lanes).map(lane)).await;
    done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}

/// Uploads of 100 KB a second, each of a new file.
pub async fn put(server: &Server, lanes: usize, time: Duration) -> f64 {
    let done = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let lane = |_: usize| {
        let done = Arc::clone(&done);
        async move {
            while began.elapsed() < time {
                server
                    .put(&format!("up/{}", uuid::Uuid::new_v4()), vec![5; 100_000])
                    .await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    join_all((0..lanes).map(lane)).await;
    done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}
