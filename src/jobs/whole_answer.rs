//! An answer that is of use only when it is whole.

use super::{
    JobContext, JobError,
    reading::{Reader, Step},
};
use crate::{
    answers::{Answer, Outcome, Question, ask},
    error::{Code, Error},
    models::chat::EndReason,
};

/// As long as an answer may be, in bytes.
const TEXT_MAX_BYTES: usize = 500_000;

/// An answer that came whole, and is to be ended together with what is made of it.
pub(super) struct Whole {
    /// The text.
    pub text: String,
    /// The call, which has not ended yet.
    pub answer: Answer,
}

/// Asks, and reads the answer to its end. Where it does not come whole, its call is recorded with what it used.
///
/// # Errors
/// When nothing is answered, the answer is broken off, refused or empty, or the job is to end.
pub(super) async fn read(context: &JobContext, question: Question) -> Result<Whole, JobError> {
    let mut answer = context.signing(ask(context.app(), question)).await?;
    let mut reader = Reader::new(TEXT_MAX_BYTES);
    let (outcome, failed) = loop {
        let failed = |code, said: &str| JobError::Fatal(Error::new(code, said.to_owned()));
        match reader.step(context, &mut answer).await {
            Ok(Step::Keep) => {}
            Ok(Step::Whole(EndReason::Refused)) => {
                let said = "The model refused to answer this";
                break (Outcome::Failed, failed(Code::Forbidden, said));
            }
            Ok(Step::Whole(_)) if reader.text.trim().is_empty() => {
                let said = "The model answered nothing";
                break (Outcome::Failed, failed(Code::Unavailable, said));
            }
            Ok(Step::Whole(_)) => {
                return Ok(Whole {
                    text: reader.text.trim().to_owned(),
                    answer,
                });
            }
            Ok(Step::Cancelled) => {
                let said = "It was stopped before the answer was whole";
                break (Outcome::Stopped, failed(Code::Conflict, said));
            }
            Err(error) => break (Outcome::Failed, error.into()),
        }
    };
    let step = context.transaction().await?;
    let record = answer.finish(&step, outcome).await?;
    step.commit().await?;
    record.kept();
    Err(failed)
}
