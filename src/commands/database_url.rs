use std::process::ExitCode;

use clap::Args;

use super::{Failure, output::say};
use crate::config::Settings;
use crate::postgres;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The address for requests, logged in as `authenticator`, instead of the owner's
    #[arg(long)]
    authenticator: bool,
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let database = postgres::running(settings).await?;
    let settings = database.settings();
    let url = if arguments.authenticator {
        settings.authenticator_url.as_ref()
    } else {
        settings.url.as_ref()
    };
    let url = url.ok_or("the address for requests is not known; set MINDLOOM_AUTHENTICATOR_URL")?;
    say!("{}", url.as_str());
    Ok(ExitCode::SUCCESS)
}
