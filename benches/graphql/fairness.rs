//! A hundred callers with quick queries, alone and beside one caller who floods the server.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use mindloom::postgres::Database;
use rand::{Rng, SeedableRng, rngs::SmallRng};

use crate::{
    Failure,
    flood::{FLOODS, Flood},
    load::Connection,
    report::Report,
    server::Server,
};

/// Quick callers, numbered from here on.
const FIRST: u32 = 101;
const CALLERS: u32 = 100;
/// The longest pause of a quick caller between an answer and the next question; on average half of it.
const PAUSE_MAX_MS: u64 = 200;
/// How long a flood goes on before it is measured.
const WARM_UP: Duration = Duration::from_secs(2);
/// How much longer the slowest hundredth may take beside a flood.
const TARGET: f64 = 2.0;

const LIST: &str = "query Notes { notes(first: 20, orderBy: [{createdAt: DESC}]) \
    { nodes { id content tags wordCount metadata createdAt updatedAt } } }";

/// Latencies in milliseconds, and how many requests had no data.
struct Measured {
    latencies: Vec<f64>,
    failed: usize,
}

/// Measures beside each flood, and right before it alone.
pub fn run(
    server: &Server,
    database: &Database,
    seconds: u64,
    report: &mut Report,
) -> Result<(), Failure> {
    println!(
        "{:<34} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7}  flood",
        "100 quick callers beside", "p50 alone", "p50", "p99 alone", "p99", "ratio", "failed"
    );
    for flood in &FLOODS {
        let length = Duration::from_secs(seconds);
        let alone = quick(server, length)?;
        let (beside, flooded) = beside(server, database, flood, length)?;
        let [p50_alone, p99_alone] = [0.5, 0.99].map(|part| alone.percentile(part));
        let [p50, p99] = [0.5, 0.99].map(|part| beside.percentile(part));
        let ratio = p99 / p99_alone;
        println!(
            "{:<34} {p50_alone:>9.2} {p50:>9.2} {p99_alone:>9.2} {p99:>9.2} {ratio:>7.2} {:>7}  {} answered, {} refused",
            flood.name, beside.failed, flooded.0, flooded.1
        );
        let name = format!("p99 beside {}", flood.name);
        report.at_most(&name, "x", ratio, Some(TARGET));
        let name = format!("quick ones failed beside {}", flood.name);
        report.at_most(&name, "", beside.failed as f64, Some(0.0));
    }
    Ok(())
}

impl Measured {
    fn percentile(&self, part: f64) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (sorted.len() as f64 * part) as usize;
        sorted
            .get(place.min(sorted.len().saturating_sub(1)))
            .copied()
            .unwrap_or(f64::NAN)
    }
}

fn beside(
    server: &Server,
    database: &Database,
    flood: &Flood,
    length: Duration,
) -> Result<(Measured, (usize, usize)), Failure> {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let flooding = scope.spawn(|| runtime()?.block_on(flood.run(server, database, &stop)));
        std::thread::sleep(WARM_UP);
        let measured = quick(server, length);
        stop.store(true, Ordering::Relaxed);
        let flooded = flooding.join().map_err(|_| "the flood panicked")??;
        Ok((measured?, flooded))
    })
}

fn quick(server: &Server, length: Duration) -> Result<Measured, Failure> {
    let callers = async || {
        let callers = (FIRST..FIRST + CALLERS).map(|user| caller(server, user, length));
        try_join_all(callers).await
    };
    // A thread of its own drives them all.
    let all = std::thread::scope(|scope| {
        let measured = scope.spawn(|| runtime()?.block_on(callers()));
        measured.join().map_err(|_| "the quick callers panicked")?
    })?;
    let mut measured = Measured {
        latencies: Vec::new(),
        failed: 0,
    };
    for one in all {
        measured.latencies.extend(one.latencies);
        measured.failed += one.failed;
    }
    Ok(measured)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

async fn caller(server: &Server, user: u32, length: Duration) -> Result<Measured, Failure> {
    let mut random = SmallRng::seed_from_u64(user.into());
    let mut connection = Connection::open(server.address).await?;
    let mut request = Vec::new();
    server.request(user, LIST, "{}", &mut request);
    let mut measured = Measured {
        latencies: Vec::new(),
        failed: 0,
    };
    let begun = Instant::now();
    while begun.elapsed() < length {
        let pause = Duration::from_millis(random.random_range(0..PAUSE_MAX_MS));
        tokio::time::sleep(pause).await;
        let asked = Instant::now();
        match connection.exchange(&request).await {
            Ok(body) if body.starts_with(b"{\"data\":{") => {}
            Ok(_) => measured.failed += 1,
            Err(_) => {
                measured.failed += 1;
                connection = Connection::open(server.address).await?;
            }
        }
        measured.latencies.push(asked.elapsed().as_secs_f64() * 1e3);
    }
    Ok(measured)
}
