//! `embeddings.embed_texts`: what somebody wrote is given its vectors.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;

use super::{job_error, model_name};
use crate::{
    config::EmbeddingChoice,
    embeddings::EmbedError,
    jobs::{JobContext, JobError, Outcome},
};

/// Which vectors; whose texts is the job's owner.
#[derive(Deserialize)]
pub struct Payload {
    model: String,
}

/// After this long it is somebody else's turn: what waits still is another job's, which stands behind those of others.
const TURN: Duration = Duration::from_secs(3);
// As the trigger that calls for embeddings does (migration/src/m0130_embeddings.sql).
const GO_ON_LATER: &str = "
    select private.enqueue_job('embeddings.embed_texts',
      jsonb_build_object('model', $1::text, 'provider', split_part($1::text, ':', 1)),
      $2::uuid, 'embeddings.embed_texts:' || $1::text || ':' || $2::uuid)";

/// Embeds until no text of the owner waits, or its turn is over. Which texts those are stands in their rows, so that a
/// job which comes late, twice or after another loses nothing. Texts of a model that is no longer wanted are left, and all
/// of them where this server is told to embed nothing.
///
/// # Errors
/// When the provider asks to wait, or the model or the database does not answer.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let name = model_name(&payload.model)?;
    let failed = |error: EmbedError| job_error(&name, error);
    let embeddings = &context.app().embeddings;
    let off = *embeddings.choice() == EmbeddingChoice::Off;
    if off || !embeddings.is_wanted(&name).await? {
        return Ok(Outcome::nothing());
    }
    let model = embeddings
        .model(&name)
        .map_err(|error| failed(error.into()))?;
    let began = Instant::now();
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
        if let Some(owner) = context.owner()
            && began.elapsed() > TURN
        {
            let next = context.transaction().await?;
            next.execute(GO_ON_LATER, &[&name.to_string(), &owner])
                .await?;
            next.commit().await?;
            return Ok(Outcome::Done(json!({"texts": texts, "refused": refused})));
        }
    }
}
