//! `embeddings.embed_rest`: long texts, and those of people who wrote many at once.

use std::time::Duration;

use super::turn;
pub use super::turn::Payload;
use crate::{
    embeddings::Portion,
    jobs::{JobContext, JobError, Outcome},
};

/// After this long it is somebody else's turn: what waits still is another job's, which stands behind those of others.
const TURN: Duration = Duration::from_secs(3);

/// Embeds whatever of the owner's waits, behind all that `embeddings.embed_texts` does.
///
/// # Errors
/// When the provider asks to wait, or the model or the database does not answer.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    turn::run(context, payload, Portion::All, TURN).await
}
