//! What texts mean, kept current: vectors of notes, documents and artifacts, and of what people search for.
//!
//! What is to be done stands in the database (`public.embeddings`, see `migration/src/m0130_embeddings.sql`): a row that
//! is stale has no vector of the text that is there now. Jobs and `mindloom embed` take such rows and fill them; whoever
//! does it, and however often, the outcome is the same.

mod error;
mod query;
mod texts;
mod whole;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

pub use error::EmbedError;
pub use query::Query;
pub use texts::Counts;
pub use whole::{Stage, Whole};

use self::query::Queries;
use crate::{
    config::{EmbeddingChoice, ModelName, ModelSettings},
    db::Db,
    error::Result,
    models::{EmbeddingModel, ModelError, Models},
};

/// How long a server may go on searching with a model after another took its place. Its vectors are kept for longer.
const LOOK_AFTER: Duration = Duration::from_secs(10);
const USE_MODEL: &str = "select private.use_embedding_model($1)";
const ACTIVE_MODEL: &str = "select private.active_embedding_model()";

/// Embeddings of one server, or of a command. Cheap to clone.
#[derive(Clone)]
pub struct Embeddings(Arc<Inner>);

struct Inner {
    db: Db,
    models: Models,
    choice: EmbeddingChoice,
    queries: Queries,
    active: Mutex<Option<(Instant, Option<ModelName>)>>,
}

impl Embeddings {
    /// Over a database, with the models of the settings. Nothing is asked or loaded yet.
    #[must_use]
    pub fn new(db: Db, settings: &ModelSettings, cache_dir: PathBuf) -> Self {
        Embeddings(Arc::new(Inner {
            db,
            models: Models::new(settings, cache_dir),
            choice: settings.embedding_model.clone(),
            queries: Queries::default(),
            active: Mutex::default(),
        }))
    }

    /// Tells the database which model is wanted. What that takes is done by jobs.
    ///
    /// # Errors
    /// When the database refuses or does not answer.
    pub async fn start(&self) -> Result<()> {
        let EmbeddingChoice::Model(name) = &self.0.choice else {
            return Ok(());
        };
        let state = self.wanted(name).await?;
        if state == "building" {
            tracing::info!(
                model = %name,
                "another embedding model is wanted: the former one answers until all texts have vectors of this one"
            );
        }
        Ok(())
    }

    /// Says that a model is wanted; gives its state, `active` or `building`.
    async fn wanted(&self, name: &ModelName) -> Result<String> {
        let client = self.0.db.system().await?;
        let row = client.query_one(USE_MODEL, &[&name.to_string()]).await?;
        *self.0.active.lock() = None;
        Ok(row.try_get(0)?)
    }

    /// What the settings want.
    #[must_use]
    pub fn choice(&self) -> &EmbeddingChoice {
        &self.0.choice
    }

    /// A model by its name.
    ///
    /// # Errors
    /// [`ModelError::Missing`] when the settings lack its key or address.
    pub fn model(&self, name: &ModelName) -> Result<Arc<EmbeddingModel>, ModelError> {
        self.0.models.embedding(name)
    }

    /// The model that answers searches now, as the database said not long ago.
    async fn active(&self) -> Result<Option<ModelName>> {
        let known = self.0.active.lock().clone();
        if let Some((at, name)) = known
            && at.elapsed() < LOOK_AFTER
        {
            return Ok(name);
        }
        let client = self.0.db.system().await?;
        let statement = client.prepare_cached(ACTIVE_MODEL).await?;
        let row = client.query_one(&statement, &[]).await?;
        // A name that this version cannot read is of no model that it could ask.
        let name = row
            .try_get::<_, Option<String>>(0)?
            .and_then(|name| name.parse().ok());
        *self.0.active.lock() = Some((Instant::now(), name.clone()));
        Ok(name)
    }
}
