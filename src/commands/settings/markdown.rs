//! The reference of settings, docs/settings.md: made of what the command line knows, so that nothing is said twice.

use std::error::Error;

use clap::{Arg, Args, Command};

use crate::config::Settings;

const INTRODUCTION: &str = "\
# Settings

This page is printed by `mindloom settings --markdown`; a test holds it against the program.

Each setting is a flag and an environment variable, and every command takes all of them. Where both are given, the flag
counts. A wrong value is refused with what is allowed, and so is a variable that begins with `MINDLOOM_` and is no
setting. A setting without a value is switched on by its flag alone; its variable is `true` or `false`.
";

/// Values that numbers are tried with, to be told which are allowed.
const TRIED: [&str; 3] = ["9223372036854775807", "-1", "0"];

/// The largest numbers that fit: no limit that anybody chose.
const MOST: [&str; 2] = ["4294967295", "18446744073709551615"];

/// All settings below the headings of the help, in its order.
pub(super) fn reference() -> String {
    let mut command = Settings::augment_args(Command::new("mindloom"));
    command.build();
    let mut headings: Vec<&str> = Vec::new();
    for heading in command.get_arguments().filter_map(Arg::get_help_heading) {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    let mut page = INTRODUCTION.to_owned();
    for heading in headings {
        page.push_str(&format!("\n## {heading}\n"));
        command
            .get_arguments()
            .filter(|argument| argument.get_help_heading() == Some(heading))
            .for_each(|argument| page.push_str(&entry(&command, argument)));
    }
    page
}

/// One setting: what it does, then variable, value, what is allowed, and default.
fn entry(command: &Command, argument: &Arg) -> String {
    let flag = argument.get_long().unwrap_or_default();
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let (text, told_default) = split_default(&help);
    let mut entry = format!("\n### `--{flag}`\n\n{}\n\n", sentence(text));
    let variable = argument.get_env().unwrap_or_default().to_string_lossy();
    entry.push_str(&format!("- variable: `{variable}`\n"));
    if argument.get_action().takes_values() {
        let names = argument.get_value_names().unwrap_or_default();
        let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        entry.push_str(&format!("- value: `{}`", names.join(" ")));
        match allowed(command, argument) {
            Some(allowed) => entry.push_str(&format!(", {allowed}\n")),
            None => entry.push('\n'),
        }
    }
    if argument.is_hide_env_values_set() {
        entry.push_str("- a secret: never shown, neither in messages nor in logs\n");
    } else if let Some(default) = told_default
        .map(str::to_owned)
        .or_else(|| default(argument))
    {
        entry.push_str(&format!("- default: {default}\n"));
    }
    entry
}

/// Divides `text [default: words]`, as a help says what a default is made of.
fn split_default(help: &str) -> (&str, Option<&str>) {
    help.trim_end_matches('.')
        .strip_suffix(']')
        .and_then(|help| help.rsplit_once("[default: "))
        .map_or((help, None), |(text, default)| {
            (text.trim_end(), Some(default))
        })
}

fn default(argument: &Arg) -> Option<String> {
    if !argument.get_action().takes_values() {
        return Some("off".to_owned());
    }
    let values = argument.get_default_values();
    let values: Vec<_> = values.iter().map(|value| value.to_string_lossy()).collect();
    (!values.is_empty()).then(|| format!("`{}`", values.join(",")))
}

/// What a setting takes, where its parser says so: names, or a range of numbers.
fn allowed(command: &Command, argument: &Arg) -> Option<String> {
    let names: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !names.is_empty() {
        return Some(format!("one of {}", names.join(", ")));
    }
    // A parser keeps its range to itself, and names it when it refuses.
    let refusals: Vec<String> = TRIED
        .iter()
        .filter_map(|value| refusal(command, argument, value))
        .collect();
    let range = refusals
        .iter()
        .find_map(|refusal| refusal.split_once(" is not in ")?.1.split_once(".."));
    match range {
        Some((least, most)) if MOST.contains(&most.trim_start_matches('=')) => {
            Some(format!("at least {least}"))
        }
        Some((least, most)) => Some(format!("{least} to {}", most.trim_start_matches('='))),
        None => refusals
            .iter()
            .any(|refusal| refusal.starts_with("invalid digit"))
            .then(|| "at least 0".to_owned()),
    }
}

/// Why a value is refused, without the words around it.
fn refusal(command: &Command, argument: &Arg, value: &str) -> Option<String> {
    let given = format!("--{}={value}", argument.get_long()?);
    let refused = command
        .clone()
        .try_get_matches_from(["mindloom", &given])
        .err()?;
    refused.source().map(ToString::to_string)
}

/// Help has no point at its end, and Markdown takes what stands in angle brackets for its own.
fn sentence(text: &str) -> String {
    let point = if text.ends_with('.') { "" } else { "." };
    format!("{}{point}", text.replace('<', "\\<"))
}
