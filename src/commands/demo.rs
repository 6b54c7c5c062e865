use std::process::ExitCode;

use super::Failure;
use crate::config::Settings;
use crate::db::Db;
use crate::{demo, postgres};

pub(super) async fn run(settings: &Settings, options: demo::Options) -> Result<ExitCode, Failure> {
    let database = postgres::open(settings).await?;
    migration::up(database.url(), None).await?;
    let db = Db::connect(database.settings()).await?;
    let report = demo::run(&db, options).await?;
    db.close();
    database.stop().await;
    println!("{} rows. Sign in as", report.rows);
    println!("  {}  (much data)", report.email);
    println!("  {}  (admin)", report.admin_email);
    println!("or as anybody else, with the password {}", report.password);
    Ok(ExitCode::SUCCESS)
}
