//! all-MiniLM-L6-v2 in this process: no key, and no internet once its files are there.

mod files;
mod inference;
mod pieces;
mod threads;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    thread::available_parallelism,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use self::{
    pieces::{Piece, Pieces},
    threads::Threads,
};
use super::{
    Embedded, ModelError, Urgency,
    vector::{mean, unit},
};

/// Of the answers to the demonstration's questions that are among the first ten, the least like its question has 0.178. Of
/// 200 results for nonsense a few are above; of those for a subject that is merely not there, up to half.
pub(super) const MIN_SIMILARITY: f64 = 0.15;

const NAME: &str = "The local embedding model";
const THREADS_MAX: usize = 4;
/// How long a failure to fetch or load is remembered before it is tried again.
const FAILED_FOR: Duration = Duration::from_secs(60);
/// How long a query waits for the model to be fetched and loaded.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of texts that are made tokens at once.
const ENCODED_BYTES: usize = 1 << 16;

/// The model, loaded when it is first needed.
pub(super) struct Local {
    cache_dir: PathBuf,
    threads: usize,
    ready: Arc<OnceLock<Arc<Loaded>>>,
    loading: Arc<Mutex<Option<(Instant, ModelError)>>>,
}

struct Loaded {
    pieces: Pieces,
    threads: Threads,
}

impl Local {
    /// With so many threads, or half of the processors.
    pub(super) fn new(cache_dir: PathBuf, threads: Option<usize>) -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Local {
            cache_dir,
            threads: threads.unwrap_or_else(|| (processors / 2).clamp(1, THREADS_MAX)),
            ready: Arc::default(),
            loading: Arc::default(),
        }
    }

    pub(super) async fn embed(
        &self,
        texts: &[&str],
        urgency: Urgency,
    ) -> Result<Embedded, ModelError> {
        let loaded = self.loaded(urgency).await?;
        let mut of_texts = vec![Vec::new(); texts.len()];
        let mut tokens = 0;
        for group in pieces::groups(encode(&loaded, texts, urgency).await?) {
            let (group, vectors) = loaded
                .threads
                .run(urgency, |session| {
                    let vectors = inference::infer(session, &group);
                    (group, vectors)
                })
                .await?;
            let vectors = vectors
                .map_err(|error| ModelError::Unreachable(format!("{NAME} failed: {error}")))?;
            for (piece, vector) in group.iter().zip(vectors) {
                tokens += piece.tokens.len() as u64;
                of_texts[piece.text].push((unit(vector, NAME)?, piece.tokens.len()));
            }
        }
        let vectors = of_texts.iter().map(|pieces| mean(pieces, NAME));
        Ok(Embedded {
            vectors: vectors.collect::<Result<_, _>>()?,
            tokens: Some(tokens),
        })
    }

    /// The loaded model. Loading goes on when whoever asked first has gone.
    async fn loaded(&self, urgency: Urgency) -> Result<Arc<Loaded>, ModelError> {
        if let Some(loaded) = self.ready.get() {
            return Ok(Arc::clone(loaded));
        }
        let (ready, loading) = (Arc::clone(&self.ready), Arc::clone(&self.loading));
        let (cache_dir, threads) = (self.cache_dir.clone(), self.threads);
        let load = tokio::task::spawn_blocking(move || {
            let mut failed = loading.lock();
            if let Some(loaded) = ready.get() {
                return Ok(Arc::clone(loaded));
            }
            match &*failed {
                Some((at, error)) if at.elapsed() < FAILED_FOR => return Err(error.clone()),
                _ => {}
            }
            match load(&cache_dir, threads) {
                Ok(loaded) => Ok(Arc::clone(ready.get_or_init(|| Arc::new(loaded)))),
                Err(error) => {
                    tracing::warn!(%error, "the local embedding model cannot be used");
                    *failed = Some((Instant::now(), error.clone()));
                    Err(error)
                }
            }
        });
        let loaded = match urgency {
            Urgency::Fresh | Urgency::Background => load.await,
            Urgency::Query => tokio::time::timeout(PATIENCE, load).await.map_err(|_| {
                let said = format!("{NAME} is being fetched and loaded; try again in a minute");
                ModelError::Unreachable(said)
            })?,
        };
        loaded.map_err(|error| ModelError::Unreachable(error.to_string()))?
    }
}

/// Makes tokens of texts, on the model's threads.
async fn encode(
    loaded: &Arc<Loaded>,
    texts: &[&str],
    urgency: Urgency,
) -> Result<Vec<Piece>, ModelError> {
    let mut pieces = Vec::new();
    let mut texts = texts.iter().enumerate().peekable();
    while texts.peek().is_some() {
        let mut together: Vec<(usize, String)> = Vec::new();
        let mut bytes = 0;
        while let Some((number, text)) = texts.next_if(|_| bytes < ENCODED_BYTES) {
            bytes += text.len();
            together.push((number, (*text).to_owned()));
        }
        let own = Arc::clone(loaded);
        let encoded = loaded.threads.run(urgency, move |_| {
            let encoded = together
                .iter()
                .map(|(number, text)| own.pieces.of(*number, text));
            encoded.collect::<Result<Vec<_>, _>>()
        });
        pieces.extend(encoded.await??.into_iter().flatten());
    }
    Ok(pieces)
}

fn load(cache_dir: &Path, threads: usize) -> Result<Loaded, ModelError> {
    let started = Instant::now();
    let files = files::fetched(cache_dir)?;
    let pieces = Pieces::open(&files.tokenizer)?;
    let unusable = |error: &dyn std::fmt::Display| {
        ModelError::Missing(format!(
            "{NAME} cannot be loaded ({error}); set MINDLOOM_EMBEDDING_MODEL to a provider's model, or to off"
        ))
    };
    let sessions = inference::sessions(&files.runtime, &files.weights, threads)
        .map_err(|error| unusable(&error))?;
    let threads = Threads::start(sessions).map_err(|error| unusable(&error))?;
    let took_ms = started.elapsed().as_millis() as u64;
    tracing::info!(took_ms, "the local embedding model is loaded");
    Ok(Loaded { pieces, threads })
}
