//! Models that the server asks: those that answer ([`chat`]), and those that make of a text a vector of length 1, its
//! embedding.
//!
//! - A text that is longer than a model reads at once is cut into pieces, and its vector is the mean of theirs.
//! - Of texts longer than [`TEXT_MAX`] characters the beginning counts.
//! - Texts and keys never reach the log, nor any error.

pub mod chat;
mod error;
mod local;
mod price;
mod provider;
mod vector;

use std::{path::PathBuf, sync::Arc};

use dashmap::DashMap;

pub use error::ModelError;
pub use price::{TRANSCRIPTION as TRANSCRIPTION_PRICES, of_embeddings as embedding_price};
pub use vector::DIMENSIONS_MAX;

use self::{local::Local, provider::Provider};
use crate::config::{ModelName, ModelProvider, ModelSettings};

/// Texts that are embedded by one call at most.
pub const BATCH_MAX: usize = 64;
/// Characters of a text that count for its vector, as many as full-text search reads.
pub const TEXT_MAX: usize = 200_000;

/// The models of one server, by their names. Cheap to clone.
#[derive(Clone)]
pub struct Models(Arc<Inner>);

struct Inner {
    settings: ModelSettings,
    cache_dir: PathBuf,
    /// A few: those of the settings, of before, and of after.
    known: DashMap<ModelName, Arc<EmbeddingModel>>,
}

/// A model that makes embeddings.
pub struct EmbeddingModel {
    name: ModelName,
    kind: Kind,
}

enum Kind {
    Local(Local),
    Provider(Provider),
}

/// What a model is asked for, the most urgent first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Urgency {
    /// Somebody waits for it.
    Query,
    /// Somebody wrote it, and may look for it soon.
    Fresh,
    /// Nobody waits.
    Background,
}

/// What a model made of texts.
#[derive(Debug)]
pub struct Embedded {
    /// A vector of length 1 for each text, in their order, all with as many numbers, at most [`DIMENSIONS_MAX`].
    pub vectors: Vec<Vec<f32>>,
    /// The tokens that were read, where that is known.
    pub tokens: Option<u64>,
}

impl Models {
    /// The models that settings give access to. Nothing is fetched or loaded yet.
    #[must_use]
    pub fn new(settings: &ModelSettings, cache_dir: PathBuf) -> Self {
        Models(Arc::new(Inner {
            settings: settings.clone(),
            cache_dir,
            known: DashMap::new(),
        }))
    }

    /// A model by its name.
    ///
    /// # Errors
    /// [`ModelError::Missing`] when the settings lack its key or address.
    pub fn embedding(&self, name: &ModelName) -> Result<Arc<EmbeddingModel>, ModelError> {
        if let Some(known) = self.0.known.get(name) {
            return Ok(Arc::clone(&known));
        }
        let kind = match name.provider {
            ModelProvider::Local => {
                let threads = self.0.settings.embedding_threads.map(usize::from);
                Kind::Local(Local::new(self.0.cache_dir.clone(), threads))
            }
            _ => Kind::Provider(Provider::new(name, &self.0.settings)?),
        };
        let made = Arc::new(EmbeddingModel {
            name: name.clone(),
            kind,
        });
        Ok(Arc::clone(
            &self.0.known.entry(name.clone()).or_insert(made),
        ))
    }
}

impl EmbeddingModel {
    /// Its name.
    pub fn name(&self) -> &ModelName {
        &self.name
    }

    /// The vectors of texts.
    ///
    /// # Errors
    /// Says what is wrong, and with whom.
    pub async fn embed(&self, texts: &[&str], urgency: Urgency) -> Result<Embedded, ModelError> {
        let texts: Vec<&str> = texts.iter().map(|text| beginning(text)).collect();
        match &self.kind {
            Kind::Local(local) => local.embed(&texts, urgency).await,
            Kind::Provider(provider) => provider.embed(&texts).await,
        }
    }

    /// Bytes of texts to give it in one call where others wait for their turn: for the local model as much as it reads
    /// in a few tenths of a second, for a provider what a call is worth.
    pub fn call_bytes(&self) -> usize {
        match self.kind {
            Kind::Local(_) => 4_000,
            Kind::Provider(_) => 50_000,
        }
    }

    /// Whether a provider is asked: then its calls are on record, and its vectors cost more than they take to keep.
    pub fn is_of_provider(&self) -> bool {
        matches!(self.kind, Kind::Provider(_))
    }

    /// Whether a key of the server's is sent along.
    pub fn has_key(&self) -> bool {
        matches!(&self.kind, Kind::Provider(provider) if provider.has_key())
    }
}

/// The cosine below which a model's vectors of a query and a text say that the two have nothing to do with each other; -1
/// of models that nobody measured here.
#[must_use]
pub fn min_similarity(model: &ModelName) -> f64 {
    match model.provider {
        ModelProvider::Local => local::MIN_SIMILARITY,
        _ => -1.0,
    }
}

/// What of a text counts.
fn beginning(text: &str) -> &str {
    match text.char_indices().nth(TEXT_MAX) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
