//! Jobs that keep embeddings current.

use std::time::{Duration, Instant};

use crate::{
    config::ModelName,
    embeddings::EmbedError,
    error::{Code, Error},
    jobs::{
        JobError,
        priority::{NORMAL, UPKEEP},
    },
    models::ModelError,
};

mod turn;

jobs! {
    embed_all = "embeddings.embed_all".queue("embeddings").priority(UPKEEP).concurrency(1).attempts(20).schedule("17 3 * * *");
    embed_rest = "embeddings.embed_rest".queue("embeddings").priority(NORMAL + 50).concurrency(2).attempts(10);
    embed_texts = "embeddings.embed_texts".queue("embeddings").concurrency(4).attempts(10);
}

// Few of them run at once: they share the local model's threads, so that more of them end no sooner, and the next person
// waits for the first that ends. What takes seconds has places of its own, and its pieces are computed after all others: so
// a note is found about a second after it was written, however many long ones are being embedded.

/// How long texts wait for somebody to set a key or to install what is missing, before it is tried again.
const MISSING_FOR: Duration = Duration::from_secs(60);

/// The model that a payload names.
fn model_name(text: &str) -> Result<ModelName, JobError> {
    text.parse().map_err(|error: String| {
        JobError::Fatal(Error::new(
            Code::BadUserInput,
            format!("This version of the server cannot ask the model {text}: {error}"),
        ))
    })
}

/// What an attempt does about it.
fn job_error(model: &ModelName, error: EmbedError) -> JobError {
    let error = match error {
        EmbedError::Database(error) => return JobError::Retry(error),
        EmbedError::Model(error) => error,
    };
    let wait = |wait: Duration| JobError::Wait {
        until: Instant::now() + wait,
        provider: model.provider.as_str().to_owned(),
    };
    match error {
        ModelError::Wait { wait: asked, .. } => wait(asked),
        ModelError::Missing(_) => {
            tracing::warn!(%model, %error, "texts wait for their embeddings");
            wait(MISSING_FOR)
        }
        ModelError::Unreachable(_) | ModelError::BadAnswer(_) | ModelError::Refused(_) => {
            JobError::Retry(Error::new(Code::Unavailable, error.to_string()))
        }
    }
}
