//! `cargo bench --bench files`: files up and down over HTTP, beside nginx serving the same files and beside the disk alone.
//!
//! The server is the binary, with a PostgreSQL of its own; clients are in this process. nginx takes part where it is
//! installed (`apt-get install nginx-light`).

#![allow(clippy::expect_used, reason = "a measurement that cannot be made ends")]

mod load;
mod peer;
mod server;

use std::time::{Duration, Instant};

use clap::Parser;

use self::{peer::Nginx, server::Server};

/// Measures files.
#[derive(Parser)]
struct Options {
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Requests at once.
    #[arg(long, default_value_t = 8)]
    lanes: usize,
    /// Megabytes of the large file, whose passage must not show in the server's memory.
    #[arg(long, default_value_t = 5_120)]
    large_mb: usize,
    /// What cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    let time = Duration::from_secs(options.seconds);
    let server = Server::start().await;

    let names: Vec<String> = (0..16).map(|number| format!("one-{number}.bin")).collect();
    for name in &names {
        server.put(name, vec![7; 1 << 20]).await;
    }
    let ours: Vec<String> = names.iter().map(|name| server.url(name)).collect();
    let ours = load::get(&ours, Some(&server.token), options.lanes, time).await;
    println!("downloads of 1 MB: {ours:.0}/s");
    match Nginx::start(&names) {
        None => println!("  nginx is not installed"),
        Some(nginx) => {
            let sends: Vec<String> = names.iter().map(|name| nginx.sends(name)).collect();
            let theirs = load::get(&sends, None, options.lanes, time).await;
            println!(
                "  nginx: {theirs:.0}/s, ratio {:.2} (goal 0.7)",
                ours / theirs
            );
            let copies: Vec<String> = names.iter().map(|name| nginx.copies(name)).collect();
            let theirs = load::get(&copies, None, options.lanes, time).await;
            println!(
                "  nginx without sendfile: {theirs:.0}/s, ratio {:.2}",
                ours / theirs
            );
        }
    }

    for lanes in [1, options.lanes, 4 * options.lanes] {
        let ours = load::put(&server, lanes, time).await;
        let disk = peer::disk(lanes, time).await;
        let commits = peer::commits(&server.database_url, lanes, time).await;
        println!("uploads of 100 KB with row and policy, {lanes} at once: {ours:.0}/s");
        println!(
            "  the disk alone, with fsync: {disk:.0}/s, ratio {:.2} (goal 0.7); the database alone: {commits:.0} commits/s",
            ours / disk
        );
    }

    let batch: Vec<String> = names.iter().cycle().take(1_000).cloned().collect();
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        server.sign(&batch).await;
        times.push(began.elapsed());
    }
    times.sort();
    println!(
        "1,000 addresses signed: {:?} at the median (goal 50 ms)",
        times[times.len() / 2]
    );

    server.put("warm.bin", vec![1; 32 << 20]).await;
    let before = server.memory_bytes();
    let began = Instant::now();
    server.put_large("large.bin", options.large_mb).await;
    println!("{} MB up: {:?}", options.large_mb, began.elapsed());
    let began = Instant::now();
    server.get_large("large.bin").await;
    println!("{} MB down: {:?}", options.large_mb, began.elapsed());
    let grown = server.memory_bytes().saturating_sub(before) / (1 << 20);
    println!("  memory of the server: + {grown} MB at its peak (goal 32 MB)");
    server.stop();
}
