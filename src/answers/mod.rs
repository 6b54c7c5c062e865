//! Answers of models, on somebody's behalf: which model and whose key, what the limits allow, and the record of what it
//! cost.
//!
//! [`ask`] refuses before anything is sent, or begins a call, whose row in `model_calls` exists from then on. Whoever
//! asked reads the answer and ends the call with [`Answer::finish`], in the transaction that keeps what came of it: the
//! record and every total change there, together. A call that is dropped is recorded as interrupted, with what it used.

mod answer;
mod asked;
mod call;
mod choice;
mod error;
mod keys;
mod limits;
mod local;
mod question;
mod storable;
mod transcriber;
mod transcript;

pub use answer::{Answer, Approved, CallRecord, Finished, Outcome};
pub use choice::{Choice, check_model, choose, choose_over, known_provider, no_model};
pub use error::AnswerError;
pub use keys::validate_key;
pub use question::{AgentType, Purpose, Question};
pub use transcriber::check_transcriber;
pub use transcript::{Recording, Transcript};

use deadpool_postgres::ClientWrapper;

use crate::app_state::AppState;

/// Asks a model, the one that [`choose`] gives. Nothing is sent before the limits of the agent, the provider and the user allow it, and the user's
/// budget is not spent.
///
/// # Errors
/// [`AnswerError::NoKey`] when there is no key for the provider, [`AnswerError::Wait`] when the provider asked for a
/// pause; [`AnswerError::Public`] for all else: an unknown model, a limit that is reached, a budget that is spent, a
/// provider that does not answer.
pub async fn ask(app: &AppState, question: Question) -> Result<Answer, AnswerError> {
    answer::begin(app, question).await
}

/// The first half of [`ask`], for a model that [`choose`] gave a moment ago: the call is begun in a transaction of the
/// caller's, which is committed before [`Approved::ask`], also where it is refused; not where the database was busy.
///
/// # Errors
/// As [`ask`].
pub async fn approve(
    app: &AppState,
    step: &ClientWrapper,
    question: Question,
    choice: Choice,
) -> Result<Approved, AnswerError> {
    answer::approve(app, step, question, choice).await
}

/// [`approve`] in a transaction of its own, with the model that [`choose`] gives.
///
/// # Errors
/// As [`ask`].
pub async fn approve_alone(app: &AppState, question: Question) -> Result<Approved, AnswerError> {
    answer::approve_alone(app, question).await
}

/// Has a recording written down, by the model that is named, else by that of the settings. Nothing is sent before the
/// limits of the provider and the user allow it, and the user's budget is not spent.
///
/// # Errors
/// As [`ask`]; LIMIT_EXCEEDED and BAD_USER_INPUT for recordings that the provider does not take.
pub async fn transcribe(app: &AppState, recording: Recording) -> Result<Transcript, AnswerError> {
    transcript::transcribe(app, recording).await
}
