//! The vectors of what people search for: remembered for a while, and counted, so that nobody holds up others.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::{Embeddings, record::Call};
use crate::{
    auth::RequestContext,
    config::{EmbeddingChoice, ModelName},
    error::{Code, Error, Result},
    models::{ModelError, Urgency, min_similarity},
    rates::{Full, Subject, Tally},
};

/// Queries whose vectors are remembered, and for how long. A vector has 6 kB at most.
const REMEMBERED: u64 = 2_000;
const REMEMBERED_FOR: Duration = Duration::from_secs(600);
/// Queries that wait for their vectors at once, of all and of one caller.
const WAITING_MAX: usize = 256;
const WAITING_MAX_EACH: usize = 4;
/// Characters of a query that count.
const LENGTH_MAX: usize = 2_000;
const COME_BACK_MS: u64 = 500;

/// The vector of a query, and whose it is.
#[derive(Clone, Debug)]
pub struct Query {
    /// The model that made it, whose vectors it can be compared with.
    pub model: String,
    /// The vector.
    pub vector: Arc<Vec<f32>>,
    /// The cosine below which no text has to do with the query, where that is known of the model; else -1.
    pub min_similarity: f64,
}

/// What is known of queries.
pub(super) struct Queries {
    known: Cache<[u8; 32], Arc<Vec<f32>>>,
    waiting: Arc<Tally>,
}

impl Default for Queries {
    fn default() -> Self {
        Queries {
            known: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(REMEMBERED_FOR)
                .build(),
            waiting: Tally::new(WAITING_MAX, WAITING_MAX_EACH),
        }
    }
}

impl Embeddings {
    /// The vector of what a caller searches for, by the model that answers now.
    ///
    /// # Errors
    /// BAD_USER_INPUT when this server has no model; UNAVAILABLE when it cannot be asked now; RATE_LIMITED when the
    /// caller has too many queries waiting. Each says that words can still be searched for.
    pub async fn query(&self, context: &RequestContext, text: &str) -> Result<Query> {
        if *self.choice() == EmbeddingChoice::Off {
            return Err(Error::bad_input(
                "This server has no embedding model (MINDLOOM_EMBEDDING_MODEL is off): search with mode TEXT, or bring \
                 the embedding of the query in vector",
            ));
        }
        let text = match text.char_indices().nth(LENGTH_MAX) {
            Some((end, _)) => &text[..end],
            None => text,
        };
        let Some(name) = self.active().await? else {
            return Err(Error::new(
                Code::Unavailable,
                "No text has an embedding yet: try again in a minute, or search with mode TEXT",
            ));
        };
        let model = name.to_string();
        let min_similarity = min_similarity(&name);
        let key: [u8; 32] = Sha256::new()
            .chain_update(&model)
            .chain_update([0])
            .chain_update(text)
            .finalize()
            .into();
        if let Some(vector) = self.0.queries.known.get(&key) {
            return Ok(Query {
                model,
                vector,
                min_similarity,
            });
        }
        let seat = self.0.queries.waiting.enter(Subject::of(context));
        let _seat = seat.map_err(|full| {
            let whose = match full {
                Full::Each => "You have",
                Full::All => "The server has",
            };
            let said =
                format!("{whose} too many searches by meaning running: wait for some to end");
            Error::new(Code::RateLimited, said).with("retryAfterMs", COME_BACK_MS)
        })?;
        let model_of = self.model(&name).map_err(|error| told(&name, error))?;
        let began = Instant::now();
        let made = model_of.embed(&[text], Urgency::Query).await;
        let mut made = made.map_err(|error| told(&name, error))?;
        let call = Call {
            // Whoever looks as somebody else pays. The service has no account that it could be recorded for.
            texts: Vec::from_iter(
                context
                    .caller
                    .acting
                    .or(context.caller.user_id)
                    .map(|user| (user, text)),
            ),
            tokens: made.tokens,
            began,
        };
        // A standby answers, too, and can write nothing.
        if let Err(error) = self.record(&model_of, call).await {
            tracing::warn!(%model, %error, "the embedding of a query is not on record");
        }
        let vector = Arc::new(made.vectors.pop().unwrap_or_default());
        self.0.queries.known.insert(key, Arc::clone(&vector));
        Ok(Query {
            model,
            vector,
            min_similarity,
        })
    }
}

/// What a caller may know. What names keys, addresses and paths is for the log.
fn told(model: &ModelName, error: ModelError) -> Error {
    const ELSE: &str = "Searches with mode TEXT work";
    let (code, said) = match &error {
        ModelError::Missing(_) => {
            tracing::warn!(%model, %error, "search by meaning does not work");
            let said = format!(
                "Search by meaning does not work: the embedding model {model} cannot be used. The server's log says what \
                 its administrator can do about it. {ELSE}"
            );
            (Code::Unavailable, said)
        }
        ModelError::Wait { wait, provider } => {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            let said = format!("{provider} takes no queries for a while. {ELSE}");
            return Error::new(Code::Unavailable, said).with("retryAfterMs", wait_ms);
        }
        ModelError::Refused(_) => {
            let said = format!("The embedding model {model} does not take this query. {ELSE}");
            (Code::BadUserInput, said)
        }
        ModelError::Unreachable(_) | ModelError::BadAnswer(_) => {
            tracing::warn!(%model, %error, "a query got no embedding");
            let said = format!(
                "The embedding model {model} does not answer as it should: try again in a minute. {ELSE}"
            );
            (Code::Unavailable, said)
        }
    };
    Error::new(code, said).caused_by(error)
}
