//! A person's turn at being embedded: as long as nobody else is kept waiting by it.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;

use super::{job_error, model_name};
use crate::{
    config::EmbeddingChoice,
    embeddings::{EmbedError, Portion},
    jobs::{JobContext, JobError, Outcome},
};

/// Which vectors; whose texts is the job's owner.
#[derive(Deserialize)]
pub struct Payload {
    model: String,
}

// Where texts of more bytes than $3 wait. Of one person and model one such job waits. It may wait while another runs: it
// comes after all others who wait.
const GO_ON_LATER: &str = "
    select private.enqueue_job('embeddings.embed_rest',
      jsonb_build_object('model', $1::text, 'provider', split_part($1::text, ':', 1)),
      $2::uuid, concat_ws(':', 'embeddings.embed_rest', $1::text, $2::text))
    where exists (select from public.embeddings e
      join public.search_index s on s.entity_id = e.entity_id and s.entity_type = e.entity_type
      where e.model = $1 and ($2::uuid is null or e.user_id = $2) and e.is_stale and e.error is null
        and octet_length(s.content) > $3::integer)";

/// Every text has more bytes.
const ANY_BYTES: i32 = -1;

/// Embeds until no text of that portion waits, or the turn is over; what waits then is another job's. Which texts those are
/// stands in their rows, so that a job which comes late, twice or after another loses nothing. Texts of a model that is no
/// longer wanted are left, and all of them where this server is told to embed nothing.
pub(super) async fn run(
    context: &JobContext,
    payload: Payload,
    portion: Portion,
    lasts: Duration,
) -> Result<Outcome, JobError> {
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
    let is_over = loop {
        let counts = embeddings
            .embed_some(&model, context.owner(), portion)
            .await
            .map_err(failed)?;
        texts += counts.texts;
        refused += counts.refused;
        context.sign();
        if counts.texts == 0 {
            break false;
        }
        if began.elapsed() > lasts {
            break true;
        }
    };
    let result = json!({"texts": texts, "refused": refused});
    // What was written since has a job that waits already.
    let left = match is_over {
        true => Some(ANY_BYTES),
        false => portion.longest(),
    };
    let Some(bytes) = left else {
        return Ok(Outcome::Done(result));
    };
    let step = context.transaction().await?;
    step.execute(GO_ON_LATER, &[&name.to_string(), &context.owner(), &bytes])
        .await?;
    step.complete(result).await
}
