use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Failure, address, output::say, with_database};
use crate::{accounts::admin_invitations, config::Settings};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Print a link with which whoever has this address becomes an administrator; good once and for a day
    Create {
        /// The address, of an account or of one to be made
        #[arg(value_name = "EMAIL")]
        email: String,
    },
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let Action::Create { email } = &arguments.action;
    let url = address::public_url(settings)?;
    let link = with_database(settings, async |db| {
        Ok(admin_invitations::link_for(db, &url, email).await?)
    });
    say!("{}", link.await?);
    Ok(ExitCode::SUCCESS)
}
