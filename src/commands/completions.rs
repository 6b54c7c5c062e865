use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;

use super::output;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Whose
    shell: Shell,
}

/// Prints the completions; `command` knows all commands and settings.
pub(super) fn run(mut command: Command, arguments: &Arguments) -> ExitCode {
    let mut completions = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "mindloom", &mut completions);
    output::print(String::from_utf8_lossy(&completions));
    ExitCode::SUCCESS
}
