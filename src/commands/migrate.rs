use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Failure, confirm::confirm, output::say};
use crate::config::Settings;
use crate::{db, postgres};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    direction: Direction,
}

#[derive(Subcommand, Debug)]
enum Direction {
    /// Apply pending migrations
    Up {
        /// Apply only the next so many
        #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
        steps: Option<u32>,
    },
    /// Roll back the newest migrations; the rows of their tables are lost
    Down {
        /// Roll back so many
        #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
        /// Roll back all of them
        #[arg(long, conflicts_with = "steps")]
        all: bool,
        /// Confirm that the rows of their tables may be lost
        #[arg(long)]
        yes: bool,
    },
    /// Roll back all migrations and apply them again: all data is lost
    Fresh {
        /// Confirm that all data may be lost
        #[arg(long)]
        yes: bool,
    },
    /// List all migrations and say which are applied
    Status,
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    match arguments.direction {
        Direction::Fresh { yes } => confirm("migrate fresh", "deletes all data", yes)?,
        Direction::Down { yes, .. } => {
            confirm("migrate down", "drops tables with their rows", yes)?;
        }
        Direction::Up { .. } | Direction::Status => {}
    }
    let database = postgres::open(settings).await?;
    let owner = db::owner(database.settings()).await?;
    match arguments.direction {
        Direction::Up { steps } => list("applied", &migration::up(owner, steps).await?),
        Direction::Down { all: true, .. } => {
            list("rolled back", &migration::down(owner, None).await?)
        }
        Direction::Down { steps, .. } => {
            list("rolled back", &migration::down(owner, Some(steps)).await?)
        }
        Direction::Fresh { .. } => list("applied", &migration::fresh(owner).await?),
        Direction::Status => {
            for status in migration::status(owner).await? {
                say!(
                    "{:<8} {}",
                    if status.applied { "applied" } else { "pending" },
                    status.name
                );
            }
        }
    }
    database.stop().await;
    Ok(ExitCode::SUCCESS)
}

fn list(done: &str, names: &[String]) {
    for name in names {
        say!("{done} {name}");
    }
    if names.is_empty() {
        say!("nothing to do");
    }
}
