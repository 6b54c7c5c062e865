use std::process::ExitCode;

use clap::Args;

use super::Failure;
use crate::config::Settings;
use crate::postgres;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Confirm that all data may be lost
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    if !arguments.yes {
        return Err("`reset` deletes all data; confirm with --yes".into());
    }
    let database = postgres::open(settings).await?;
    let applied = migration::fresh(database.url()).await?;
    println!(
        "the database is as new: {} migrations applied",
        applied.len()
    );
    database.stop().await;
    Ok(ExitCode::SUCCESS)
}
