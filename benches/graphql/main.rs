//! `cargo bench --bench graphql`: how fast the server answers, beside pgbench running the same
//! transactions on the same database in the same minutes.
//!
//! An embedded PostgreSQL with the sample data (200,000 notes of 1,000 users) is made once and kept; the
//! server runs in its own process. Rounds of both sides alternate, so that whatever else the machine does
//! falls on both; medians are compared. `-- --help` lists what can be changed.

mod database;
mod fairness;
mod flood;
mod load;
mod pgbench;
mod report;
mod roles;
mod sample;
mod server;
mod single;
mod vectors;
mod workload;

use std::path::PathBuf;

use clap::Parser;

use report::Report;
use workload::WORKLOADS;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures the server against PostgreSQL itself.
#[derive(Parser)]
struct Options {
    /// Rounds per workload and side.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Length of a round in seconds.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Connections of either side.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Only measurements whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Directory of the database, which is kept.
    #[arg(long, default_value_os_t = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("graphql-data"))]
    data_dir: PathBuf,
    /// File to write the figures to, as JSON.
    #[arg(long, default_value_os_t = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("graphql.json"))]
    json: PathBuf,
    /// What cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Failure> {
    let options = Options::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(run(&options))
}

async fn run(options: &Options) -> Result<(), Failure> {
    let database = database::open(&options.data_dir).await?;
    let server = server::Server::start(&database).await?;
    let mut report = Report::default();
    report.at_most("server start until ready", "ms", server.started_in_ms, None);
    let wanted = |name: &str| name.contains(&options.only);
    for workload in WORKLOADS.iter().filter(|workload| wanted(workload.name)) {
        let mut ours = Vec::new();
        let mut theirs = Vec::new();
        for _ in 0..options.rounds {
            ours.push(load::run(
                &server,
                workload,
                options.connections,
                options.seconds,
            )?);
            theirs.push(pgbench::run(
                &database,
                workload,
                options.connections,
                options.seconds,
            )?);
        }
        report.ratio(workload.name, &ours, &theirs, workload.target);
    }
    if wanted("roles") {
        let (rounds, connections) = (options.rounds, options.connections);
        roles::run(&server, rounds, connections, options.seconds, &mut report)?;
    }
    if wanted("fairness") {
        fairness::run(&server, &database, options.seconds * 2, &mut report)?;
    }
    if wanted("memory") {
        report.at_most(
            "memory of the server at its peak",
            "MB",
            server.peak_memory_mb()?,
            Some(150.0),
        );
    }
    if wanted("1,000") {
        single::long_list(&database, &server, &mut report).await?;
    }
    if wanted("schema") {
        single::schema(&database, &mut report).await?;
    }
    if wanted("introspection") {
        single::introspection(&server, &mut report).await?;
    }
    if wanted("vector") {
        vectors::run(&database, &server, &mut report).await?;
    }
    report.print();
    std::fs::write(&options.json, serde_json::to_vec_pretty(&report.json())?)?;
    println!("\nwritten to {}", options.json.display());
    server.stop().await?;
    database.stop().await;
    Ok(())
}
