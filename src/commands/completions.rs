use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Whose
    shell: Shell,
}

/// Prints the completions; `command` knows all commands and settings.
pub(super) fn run(mut command: Command, arguments: &Arguments) -> ExitCode {
    clap_complete::generate(
        arguments.shell,
        &mut command,
        "mindloom",
        &mut std::io::stdout(),
    );
    ExitCode::SUCCESS
}
