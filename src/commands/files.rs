use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Failure, output, with_database};
use crate::auth;
use crate::config::Settings;
use crate::db::Db;
use crate::realtime::Bell;
use crate::storage::{Check, Storage};

/// What to do with files.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Files,
}

#[derive(Clone, Debug, Subcommand)]
enum Files {
    /// Find files without bytes, bytes without a file, and files of another size than their row says; servers may run
    /// meanwhile
    Check {
        /// Remove rows without bytes, and bytes without a row
        #[arg(long)]
        mend: bool,
    },
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let Files::Check { mend } = arguments.command;
    let checked = with_database(settings, async |db| check(settings, db, mend).await).await?;
    output::print(report(&checked, mend));
    let passed = checked.is_clean() || mend && checked.of_other_size.is_empty();
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn check(settings: &Settings, db: &Db, mends: bool) -> Result<Check, Failure> {
    let secret = auth::jwt_secret(settings)?;
    let bell = std::sync::Arc::new(Bell::default());
    let (files, data) = (&settings.files, &settings.data);
    let storage = Storage::open(db.clone(), files, data, &secret, &bell).await?;
    storage.check_ours()?;
    Ok(storage.check(mends).await?)
}

/// What was found, as people read it.
fn report(check: &Check, mended: bool) -> String {
    use std::fmt::Write as _;
    let mut out = match check.whole {
        1 => "1 file agrees with its row\n".to_owned(),
        whole => format!("{whole} files agree with their rows\n"),
    };
    if check.awaited > 0 {
        let _ = writeln!(
            out,
            "uploads that go on, and contents that wait to be removed: {}",
            check.awaited
        );
    }
    let mut list = |what: &str, entries: Vec<String>| {
        if !entries.is_empty() {
            // Writing to a text cannot fail.
            let _ = writeln!(out, "{}: {}", what, entries.len());
            for entry in entries {
                let _ = writeln!(out, "  {entry}");
            }
        }
    };
    let places = |places: &[(String, String, String)]| {
        places
            .iter()
            .map(|(bucket, name, version)| format!("{bucket}/{name} ({version})"))
            .collect()
    };
    let removed = if mended {
        ", whose rows were removed"
    } else {
        ""
    };
    list(
        &format!("files without bytes{removed}"),
        places(&check.without_bytes),
    );
    list(
        "files of another size than their row says, which are left to you",
        places(&check.of_other_size),
    );
    let removed = if mended { ", which were removed" } else { "" };
    let versions = check.without_row.iter().map(ToString::to_string).collect();
    list(&format!("contents without a row{removed}"), versions);
    let pieces = check.left_pieces.iter().map(ToString::to_string).collect();
    list(&format!("uploads that left pieces{removed}"), pieces);
    let leftovers = check
        .leftovers
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    list(
        &format!("leftovers of a server that died{removed}"),
        leftovers,
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_one() {
        for (whole, told) in [
            (0, "0 files agree with their rows\n"),
            (1, "1 file agrees with its row\n"),
            (2, "2 files agree with their rows\n"),
        ] {
            let check = Check {
                whole,
                ..Check::default()
            };
            assert_eq!(report(&check, false), told);
        }
    }
}
