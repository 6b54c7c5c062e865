//! `embeddings.embed_texts`: the short texts that somebody wrote are given their vectors, before all long ones.

use std::time::Duration;

use super::turn;
pub use super::turn::Payload;
use crate::{
    embeddings::Portion,
    jobs::{JobContext, JobError, Outcome},
};

/// After this long it is somebody else's turn: who wrote a lot at once waits with the rest of it.
const TURN: Duration = Duration::from_millis(300);

/// Embeds short texts of the owner. What waits then, long texts and what the turn was too short for, is left to
/// `embeddings.embed_rest`.
///
/// # Errors
/// When the provider asks to wait, or the model or the database does not answer.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    turn::run(context, payload, Portion::Short, TURN).await
}
