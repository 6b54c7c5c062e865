//! The same transactions by pgbench, pipelined, with prepared statements.

use std::process::Command;

use mindloom::postgres::Database;

use crate::{
    Failure,
    database::{authenticator_url, program},
    sample,
    workload::Workload,
};

/// Transactions per second.
pub fn run(
    database: &Database,
    workload: &Workload,
    connections: usize,
    seconds: u64,
) -> Result<f64, Failure> {
    let script = std::env::temp_dir().join(format!("mindloom-bench-{}.sql", std::process::id()));
    std::fs::write(&script, transaction(workload.sql))?;
    let output = Command::new(program(database, "pgbench")?)
        .args([
            "-n",
            "-M",
            "prepared",
            "-j",
            "1",
            "-c",
            &connections.to_string(),
        ])
        .args(["-T", &seconds.to_string(), "-f"])
        .arg(&script)
        .arg(authenticator_url(database)?)
        .output()?;
    std::fs::remove_file(&script)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next());
    match rate {
        Some(rate) if output.status.success() => Ok(rate.parse()?),
        _ => Err(format!("pgbench: {text}{}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

/// What the server does for a request: take the caller's role, run the statement, commit; in one flush.
/// `:u` is the number of a user, `:n` of one of that user's notes.
fn transaction(sql: &str) -> String {
    let (users, notes) = (sample::USERS, sample::NOTES_MIN - 1);
    format!(
        "\\set u random(1, {users})
\\set n random(0, {notes})
\\startpipeline
begin;
select set_config('role', 'authenticated', true), set_config('request.jwt.claims',
  '{{\"aud\":\"authenticated\",\"role\":\"authenticated\",\"sub\":\"00000000-0000-4000-8000-'
  || lpad((:u)::text, 12, '0') || '\"}}', true);
{sql};
commit;
\\endpipeline
"
    )
}
