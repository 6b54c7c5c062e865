//! Why an attempt failed, and what becomes of its job.

use std::time::Instant;

use crate::{
    answers::AnswerError,
    error::{Code, Error},
};

/// Why an attempt failed. The sentence of its [`Error`] stands in the job's row, for its owner to read.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may succeed later: tried again after a pause, until the type's attempts are used up.
    #[error(transparent)]
    Retry(Error),
    /// It cannot succeed: the job ends as failed.
    #[error(transparent)]
    Fatal(Error),
    /// No server of this version can do it: the job ends as dead.
    #[error(transparent)]
    Dead(Error),
    /// A provider asks to wait (429, 503). That is no attempt, and all jobs of the provider wait.
    #[error("{provider} asks to wait")]
    Wait {
        /// Until when, as [`Instant::now`] tells the time.
        until: Instant,
        /// Who asks.
        provider: String,
    },
    /// The job is no longer this attempt's: its lease was lost, or its row is gone. Nothing was written.
    #[error("the job is no longer this attempt's")]
    Lost,
}

impl JobError {
    /// A payload that this version does not understand.
    pub(super) fn unreadable(error: &serde_json::Error) -> Self {
        let said = format!(
            "This version of the server cannot read the job's payload ({error}): it was made by another version. \
             Cause it anew"
        );
        JobError::Dead(Error::new(Code::BadUserInput, said))
    }
}

/// What a server part failed with is tried again.
impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        JobError::Retry(error)
    }
}

impl From<tokio_postgres::Error> for JobError {
    fn from(error: tokio_postgres::Error) -> Self {
        JobError::Retry(error.into())
    }
}

/// What the provider asks to wait for is no attempt; what somebody has to change first is not tried again.
impl From<AnswerError> for JobError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Wait { until, provider } => JobError::Wait { until, provider },
            AnswerError::NoKey(error) => JobError::Fatal(error),
            AnswerError::Public(error) => match error.code() {
                Code::BadUserInput | Code::Forbidden | Code::LimitExceeded | Code::NotFound => {
                    JobError::Fatal(error)
                }
                _ => JobError::Retry(error),
            },
        }
    }
}
