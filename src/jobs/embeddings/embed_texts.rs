//! `embeddings.embed_texts`: what somebody wrote is given its vectors.

use serde::Deserialize;
use serde_json::json;

use super::{job_error, model_name};
use crate::{
    embeddings::EmbedError,
    jobs::{JobContext, JobError, Outcome},
};

/// Which vectors; whose texts is the job's owner.
#[derive(Deserialize)]
pub struct Payload {
    model: String,
}

/// Embeds until no text of the owner waits. Which texts those are stands in their rows, so that a job which comes late,
/// twice or after another loses nothing.
///
/// # Errors
/// When the provider asks to wait, or the model or the database does not answer.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let name = model_name(&payload.model)?;
    let failed = |error: EmbedError| job_error(&name, error);
    let embeddings = &context.app().embeddings;
    let model = embeddings
        .model(&name)
        .map_err(|error| failed(error.into()))?;
    let (mut texts, mut refused) = (0, 0);
    loop {
        let counts = embeddings
            .embed_some(&model, context.owner())
            .await
            .map_err(failed)?;
        if counts.texts == 0 {
            return Ok(Outcome::Done(json!({"texts": texts, "refused": refused})));
        }
        texts += counts.texts;
        refused += counts.refused;
        context.sign();
    }
}
