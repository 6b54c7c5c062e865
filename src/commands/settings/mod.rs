mod markdown;

use std::process::ExitCode;

use clap::Args;

use super::{Failure, command_line, output};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Print them as a page in Markdown, as docs/settings.md keeps it
    #[arg(long)]
    markdown: bool,
}

/// Prints the same as `mindloom help settings`, or the reference.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if arguments.markdown {
        output::print(markdown::reference());
        return Ok(ExitCode::SUCCESS);
    }
    let mut command = command_line::command();
    command.build();
    if let Some(settings) = command.find_subcommand_mut("settings") {
        output::wrote(settings.print_long_help());
    }
    Ok(ExitCode::SUCCESS)
}
