//! `embeddings.embed_all`: every text gets a vector of a model, which then answers searches.

use serde::Deserialize;
use serde_json::json;

use super::{job_error, model_name};
use crate::{
    config::EmbeddingChoice,
    embeddings::EmbedError,
    jobs::{JobContext, JobError, Outcome},
};

/// Which model; the one that the settings want, where nobody says.
#[derive(Deserialize)]
pub struct Payload {
    model: Option<String>,
}

/// Goes on where the last attempt ended. A model that is no longer wanted is left.
///
/// # Errors
/// When the provider asks to wait, or the model or the database does not answer.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let embeddings = &context.app().embeddings;
    let name = match (&payload.model, embeddings.choice()) {
        (Some(model), _) => model_name(model)?,
        (None, EmbeddingChoice::Model(name)) => name.clone(),
        (None, EmbeddingChoice::Off) => return Ok(Outcome::nothing()),
    };
    if !embeddings.is_wanted(&name).await? {
        return Ok(Outcome::nothing());
    }
    let failed = |error: EmbedError| job_error(&name, error);
    let model = embeddings
        .model(&name)
        .map_err(|error| failed(error.into()))?;
    let Some(mut whole) = embeddings.embed_rest(&model).await? else {
        return Ok(Outcome::Done(json!({"texts": 0})));
    };
    let stage = embeddings.stage(&name).await?;
    let (mut done, total) = (stage.texts - stage.waiting, stage.texts.max(1));
    let mut texts = 0;
    while let Some(counts) = whole.step().await.map_err(failed)? {
        texts += counts.texts;
        done += i64::try_from(counts.texts).unwrap_or(total);
        let percent = i32::try_from((done * 100 / total).min(99)).unwrap_or(99);
        context.progress(percent).await?;
    }
    Ok(Outcome::Done(json!({"texts": texts})))
}
