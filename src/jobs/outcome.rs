//! What came of an attempt that succeeded.

use serde_json::Value;

/// What came of a job.
#[derive(Debug)]
pub enum Outcome {
    /// It is done, and this came out: `job_queue.result`, null where there is nothing to tell. The worker writes it
    /// after `run` returned.
    Done(Value),
    /// The same, written already by [`super::JobTransaction::complete`].
    Written,
}

impl Outcome {
    /// Done, with nothing to tell.
    #[must_use]
    pub const fn nothing() -> Self {
        Outcome::Done(Value::Null)
    }
}
