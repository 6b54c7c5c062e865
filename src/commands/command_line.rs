//! How the command line explains itself: a command's help shows its own options, and that of `serve` and `settings` the
//! settings, of which there are a hundred.

use clap::{Args, Command, CommandFactory};

use super::Cli;
use crate::config::Settings;

/// The settings that every command's help shows: which database it works on.
const ALWAYS_SHOWN: [&str; 2] = ["data_dir", "url"];

/// The commands whose help shows all settings.
const WITH_SETTINGS: [&str; 2] = ["serve", "settings"];

const WHERE_SETTINGS_ARE: &str = "Every command takes all settings, as flags or environment variables; `mindloom help \
                                  settings` lists them with their defaults.";

/// The command line. All settings are known everywhere, wherever they are shown.
pub(super) fn command() -> Command {
    let command = Cli::command().mut_args(|argument| {
        let shown = ALWAYS_SHOWN.contains(&argument.get_id().as_str());
        argument.hide(!shown)
    });
    WITH_SETTINGS
        .into_iter()
        .fold(explained(command), |command, name| {
            command.mut_subcommand(name, show_settings)
        })
}

/// Says below the help of a command, and of those below it, where the settings are.
fn explained(command: Command) -> Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|below| below.get_name().to_owned())
        .collect();
    let command = command.after_help(WHERE_SETTINGS_ARE);
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, explained)
    })
}

/// Gives a command settings of its own, which hide the hidden ones of all commands.
fn show_settings(command: Command) -> Command {
    let about = command.get_about().cloned().unwrap_or_default();
    Settings::augment_args(command)
        .about(about)
        .after_help("A misspelt MINDLOOM_ variable is refused, as a misspelt flag is.")
}
