use std::process::ExitCode;

use super::{Failure, command_line};

/// Prints the same as `mindloom help settings`.
pub(super) fn run() -> Result<ExitCode, Failure> {
    let mut command = command_line::command();
    command.build();
    if let Some(settings) = command.find_subcommand_mut("settings") {
        settings.print_long_help()?;
    }
    Ok(ExitCode::SUCCESS)
}
