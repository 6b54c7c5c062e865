use std::process::ExitCode;

use clap::Args;

use super::{Failure, confirm::confirm, output::say};
use crate::config::Settings;
use crate::{db, postgres};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Confirm that all data may be lost
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    confirm("reset", "deletes all data", arguments.yes)?;
    let database = postgres::open(settings).await?;
    let applied = migration::fresh(db::owner(database.settings()).await?).await?;
    say!(
        "the database is as new: {} migrations applied",
        applied.len()
    );
    database.stop().await;
    Ok(ExitCode::SUCCESS)
}
