//! A call while it runs, and its end.

use deadpool_postgres::ClientWrapper;
use uuid::Uuid;

use super::{AnswerError, Question};
use crate::{
    app_state::AppState,
    error::{Code, Error},
    models::chat::{ChatEvent, EndReason, Usage},
};

/// How a call ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The answer is whole.
    Completed,
    /// Somebody wished so.
    Stopped,
    /// It failed: of itself, or because of what it answered.
    Failed,
}

/// What a call used and cost.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRecord {
    /// The key of its row in `model_calls`.
    pub id: Uuid,
    /// The provider.
    pub provider: String,
    /// The model.
    pub model: String,
    /// Tokens.
    pub usage: Usage,
    /// In US dollars, as PostgreSQL's `numeric` writes it; none where the price is unknown.
    pub cost: Option<String>,
    /// How long it took.
    pub duration_ms: i64,
}

/// An answer while it comes.
#[derive(Debug)]
pub struct Answer {
    id: Uuid,
    provider: String,
    model: String,
}

/// Begins a call.
pub(super) async fn begin(_app: &AppState, _question: Question) -> Result<Answer, AnswerError> {
    Err(not_yet())
}

fn not_yet() -> AnswerError {
    Error::new(Code::Unavailable, "This server asks no models yet").into()
}

impl Answer {
    /// The key of the call's row in `model_calls`.
    #[must_use]
    pub fn call_id(&self) -> Uuid {
        self.id
    }

    /// The model that answers, as `model_config` names it.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Whose model it is: `openai`, `anthropic`, `google`, `compatible` or `local`.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// What comes next; none after [`ChatEvent::End`] or an error. Nothing is lost when this is dropped while it waits.
    pub async fn next(&mut self) -> Option<Result<ChatEvent, AnswerError>> {
        Some(Ok(ChatEvent::End(EndReason::Stop)))
    }

    /// Ends the call in a transaction: its record, and every total that it is part of. An answer that is not whole is
    /// broken off, and costs what was produced.
    ///
    /// # Errors
    /// When the database refuses or does not answer; then nothing is written, and the call counts as interrupted.
    pub async fn finish(
        self,
        _step: &ClientWrapper,
        _outcome: Outcome,
    ) -> Result<CallRecord, AnswerError> {
        Err(not_yet())
    }
}
