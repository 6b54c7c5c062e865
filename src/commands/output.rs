//! What commands print. Whoever reads it may stop at any time, as `head` does: the command goes on
//! then and ends as it would have, for what it does to a database is not to end half-way.

use std::{
    fmt,
    io::{self, ErrorKind, Write},
    sync::Mutex,
};

/// Why something could not be printed, other than that nobody reads any longer.
static FAILED: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints a line.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::commands::output::print(format_args!("{}\n", format_args!($($text)*)))
    };
}
pub(super) use say;

/// Tells a person something on standard error, a line of it.
macro_rules! tell {
    ($($text:tt)*) => {
        $crate::commands::output::tell_on(format_args!("{}\n", format_args!($($text)*)))
    };
}
pub(super) use tell;

/// Tells a person something on standard error, as it is. Where nobody hears it, nobody hears that either.
pub(super) fn tell_on(text: impl fmt::Display) {
    let mut place = io::stderr();
    let _ = write!(place, "{text}").and_then(|()| place.flush());
}

/// Prints a text as it is.
pub(super) fn print(text: impl fmt::Display) {
    wrote(write!(io::stdout(), "{text}"));
}

/// Takes note of how it went to write to standard output.
pub(super) fn wrote(result: io::Result<()>) {
    if let Err(error) = result
        && error.kind() != ErrorKind::BrokenPipe
        && let Ok(mut failed) = FAILED.lock()
    {
        failed.get_or_insert(error);
    }
}

/// Whatever is still to be written, and how all of it went.
///
/// # Errors
/// When something could not be written, other than that nobody reads any longer: the disk is full, say.
pub(super) fn finish() -> io::Result<()> {
    wrote(io::stdout().flush());
    let failed = FAILED.lock().ok().and_then(|mut failed| failed.take());
    failed.map_or(Ok(()), Err)
}
