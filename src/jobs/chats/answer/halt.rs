//! Why writing does not go on.

use std::time::{Duration, Instant};

use crate::{
    answers::AnswerError,
    error::{Code, Error},
    jobs::JobError,
    streams::Refused,
};

/// A pause that a provider asks for and that people wait through.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// See the module.
pub(super) enum Halt {
    /// The answer fails, and says so.
    Failed(Error),
    /// The job was cancelled, or its worker stops.
    Interrupted,
    /// This attempt ends; what becomes of the answer is another's.
    Job(JobError),
}

impl From<AnswerError> for Halt {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Wait { until, provider } if until < Instant::now() + PAUSE_MAX => {
                Halt::Job(JobError::Wait { until, provider })
            }
            other => Halt::Failed(other.into()),
        }
    }
}

impl From<Refused> for Halt {
    fn from(refused: Refused) -> Self {
        Halt::Job(match refused {
            // If the job is this attempt's still, another one takes the stream over and goes on.
            Refused::Lost => {
                let said = "Another worker wrote this answer at the same time";
                JobError::Retry(Error::new(Code::Conflict, said))
            }
            Refused::Failed(error) => JobError::Retry(error),
        })
    }
}

impl From<JobError> for Halt {
    fn from(error: JobError) -> Self {
        Halt::Job(error)
    }
}

impl From<tokio_postgres::Error> for Halt {
    fn from(error: tokio_postgres::Error) -> Self {
        Halt::Job(error.into())
    }
}
