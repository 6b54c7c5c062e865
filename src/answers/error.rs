use std::time::Instant;

use crate::error::{Code, Error};

/// Why there is no answer, or no whole one.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// As whoever asked may read it.
    #[error(transparent)]
    Public(#[from] Error),
    /// Neither the person nor the server has a key for the provider. The sentence says how to set one.
    #[error(transparent)]
    NoKey(Error),
    /// The provider asks to be left alone (429, 503): a job waits, with all others of the provider.
    #[error("{provider} asks to wait")]
    Wait {
        /// Until when.
        until: Instant,
        /// The provider, as `job_queue.provider` names it.
        provider: String,
    },
}

impl From<AnswerError> for Error {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Public(error) | AnswerError::NoKey(error) => error,
            AnswerError::Wait { until, provider } => {
                let left = until.saturating_duration_since(Instant::now());
                let left_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
                // With a key of one's own, one's id stands behind it.
                let provider = provider.split('/').next().unwrap_or_default();
                let said = format!(
                    "The provider {provider} asks to wait for {} s: try again then, or choose a model of another one",
                    left_ms.div_ceil(1_000)
                );
                Error::new(Code::RateLimited, said).with("retryAfterMs", left_ms)
            }
        }
    }
}

impl From<tokio_postgres::Error> for AnswerError {
    fn from(error: tokio_postgres::Error) -> Self {
        AnswerError::Public(error.into())
    }
}
