//! Asks before something is lost.

use std::io::IsTerminal;

use super::{Failure, output};

/// Returns when `yes` was given, or when the person at the terminal says so.
///
/// # Errors
/// When they do not, or there is nobody to ask: a script must say what it means.
pub(super) fn confirm(command: &str, loses: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(format!("`mindloom {command}` {loses}; confirm with --yes").into());
    }
    output::tell_on(format_args!("`mindloom {command}` {loses}. Go on? [y/N] "));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        Ok(())
    } else {
        Err("nothing was changed".into())
    }
}
