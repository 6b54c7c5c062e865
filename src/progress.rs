//! Long steps: a spinner or a bar on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// One long step. Ends with a line that says how long it took.
pub struct Progress {
    what: String,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A step of unknown length.
    #[must_use]
    pub fn step(what: impl Into<String>) -> Self {
        Self::new(what.into(), |what| {
            let bar = ProgressBar::new_spinner().with_message(what);
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        })
    }

    /// A step of `total` things; see [`Progress::advance`].
    #[must_use]
    pub fn of(what: impl Into<String>, total: u64) -> Self {
        Self::new(what.into(), |what| {
            let bar = ProgressBar::new(total).with_message(what);
            // The template is a constant; an invalid one falls back to the default bar.
            if let Ok(style) =
                ProgressStyle::with_template("{msg} [{wide_bar}] {human_pos}/{human_len} {eta}")
            {
                bar.set_style(style);
            }
            bar
        })
    }

    fn new(what: String, bar: impl FnOnce(String) -> ProgressBar) -> Self {
        let terminal = std::io::stderr().is_terminal();
        if !terminal {
            say(&format!("{what} …"));
        }
        Self {
            bar: terminal.then(|| bar(what.clone())),
            what,
            started: Instant::now(),
        }
    }

    /// Counts `by` more things as done.
    pub fn advance(&self, by: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(by);
        }
    }

    /// Ends the step and says how long it took.
    pub fn done(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        say(&format!(
            "{}: done in {:.1} s",
            self.what,
            self.started.elapsed().as_secs_f64()
        ));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Standard error may be closed; a progress line is not worth failing for.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
