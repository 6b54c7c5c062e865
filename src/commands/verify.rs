use std::process::ExitCode;

use super::Failure;
use crate::catalog::{self, Difference, SectionReport};
use crate::config::Settings;
use crate::db::Db;
use crate::postgres;

pub(super) async fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let database = postgres::open(settings).await?;
    let db = Db::connect(database.settings()).await?;
    let mut client = db.system().await?;
    let reports = catalog::verify(&mut client).await?;
    for report in &reports {
        print(report);
    }
    drop(client);
    db.close();
    database.stop().await;
    let passed = reports.iter().all(|report| report.differences.is_empty());
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn print(report: &SectionReport) {
    let SectionReport {
        title,
        expected_count,
        differences,
    } = report;
    if differences.is_empty() {
        println!("PASSED {title} ({expected_count})");
        return;
    }
    println!("FAILED {title} ({} of {expected_count})", differences.len());
    for difference in differences {
        match difference {
            Difference::Missing { name } => println!("  missing: {name}"),
            Difference::Changed {
                name,
                expected,
                found,
            } => {
                println!("  different: {name}\n    expected: {expected}\n    found:    {found}");
            }
            Difference::Unexpected { name, found } => println!("  unexpected: {name}: {found}"),
        }
    }
}
