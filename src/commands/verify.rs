use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{Failure, output::say};
use crate::config::Settings;
use crate::db::Db;
use crate::drift::{self, Difference, SectionReport};
use crate::postgres;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Print one JSON document, for programs
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let database = postgres::open(settings).await?;
    let db = Db::connect(database.settings()).await?;
    let mut client = db.system().await?;
    let reports = drift::verify(&mut client).await?;
    drop(client);
    db.close();
    database.stop().await;
    let passed = reports.iter().all(|report| report.differences.is_empty());
    if arguments.json {
        let sections: Vec<Value> = reports.iter().map(to_json).collect();
        let report = json!({"passed": passed, "sections": sections});
        say!("{report:#}");
    } else if reports.iter().any(is_without_tables) {
        say!(
            "The database has no tables of Mindloom: `mindloom migrate up` makes them, and so does `mindloom serve` when it starts"
        );
    } else {
        reports.iter().for_each(print);
    }
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether not one table of those that the migrations make is there: then nothing else is, and naming all of it tells
/// nobody anything.
fn is_without_tables(report: &SectionReport) -> bool {
    let is_missing = |difference: &&Difference| matches!(difference, Difference::Missing { .. });
    let missing = report.differences.iter().filter(is_missing).count();
    report.title == "tables" && missing == report.expected_count
}

fn to_json(report: &SectionReport) -> Value {
    let differences = report
        .differences
        .iter()
        .map(|difference| match difference {
            Difference::Missing { name } => json!({"kind": "missing", "name": name}),
            Difference::Changed {
                name,
                expected,
                found,
            } => json!({"kind": "different", "name": name, "expected": expected, "found": found}),
            Difference::Unexpected { name, found } => {
                json!({"kind": "unexpected", "name": name, "found": found})
            }
        });
    json!({
        "title": report.title,
        "expectedCount": report.expected_count,
        "differences": differences.collect::<Vec<_>>(),
    })
}

fn print(report: &SectionReport) {
    let SectionReport {
        title,
        expected_count,
        differences,
    } = report;
    if differences.is_empty() {
        say!("PASSED {title} ({expected_count})");
        return;
    }
    say!("FAILED {title} ({} of {expected_count})", differences.len());
    for difference in differences {
        match difference {
            Difference::Missing { name } => say!("  missing: {name}"),
            Difference::Changed {
                name,
                expected,
                found,
            } => {
                say!("  different: {name}\n    expected: {expected}\n    found:    {found}");
            }
            Difference::Unexpected { name, found } => say!("  unexpected: {name}: {found}"),
        }
    }
}
