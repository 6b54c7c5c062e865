//! Jobs: what the server does by itself, later, or again when it failed.
//!
//! A job is a row of `job_queue`, put there by `private.enqueue_job` in the transaction that causes it. A type of job
//! is one file here and one line in the list of its domain, which makes its module, too: what it works on (`Payload`),
//! what it does (`run`), and in the line how many run at once, how long, how often they are tried.
//!
//! - An attempt that lost its job can write nothing through [`JobContext::transaction`].
//! - What `run` does beyond that may happen twice: a process can end between the effect and the note of it.
//! - Payloads and what jobs work on never reach the log.

#[macro_use]
mod macros;

mod accounts;
mod answers;
mod chats;
mod clusters;
mod context;
mod documents;
mod embeddings;
mod error;
mod figures;
mod health;
mod insights;
mod job_type;
mod logs;
mod notes;
mod outcome;
mod projects;
mod prompts;
mod reading;
mod schedules;
mod steps;
mod storage;
mod transaction;
mod upkeep;
mod whole_answer;
mod workers;

pub use context::JobContext;
pub use error::JobError;
pub use job_type::{JobType, priority};
pub use outcome::Outcome;
pub use schedules::{next_run, plain_cron};
pub use transaction::JobTransaction;
pub use workers::{Workers, WorkersError};

/// Every type of job, in alphabetical order of its file's path: each domain lists its own.
#[must_use]
pub fn registry() -> Vec<JobType> {
    [
        accounts::types(),
        answers::types(),
        chats::types(),
        clusters::types(),
        documents::types(),
        embeddings::types(),
        health::types(),
        insights::types(),
        logs::types(),
        notes::types(),
        projects::types(),
        prompts::types(),
        storage::types(),
        upkeep::types(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
