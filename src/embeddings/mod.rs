//! What texts mean, kept current: vectors of notes, documents and artifacts, and of what people search for.
//!
//! What is to be done stands in the database (`public.embeddings`, see `migration/src/m0130_embeddings.sql`): a row that
//! is stale has no vector of the text that is there now. Jobs and `mindloom embed` take such rows and fill them; whoever
//! does it, and however often, the outcome is the same.

mod error;
mod query;
mod record;
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
pub use texts::{Counts, Portion};
pub use whole::{Stage, Whole};

use self::query::Queries;
use crate::{
    config::{EmbeddingChoice, ModelName, ModelSettings},
    db::Db,
    error::{Error, Result},
    models::{EmbeddingModel, ModelError, Models},
    tasks::{Every, Tasks},
};

/// How long a server may go on searching with a model after another took its place. Its vectors are kept for longer.
const LOOK_AFTER: Duration = Duration::from_secs(10);
/// How often a server looks whether others want what it wants.
const WATCH_EVERY: Duration = Duration::from_secs(60);
// One that is being built is what was asked for last.
const WANTED: &str = "
    select model from mindloom.embedding_models where state <> 'retired' order by state = 'building' desc limit 1";
const USE_MODEL: &str = "select private.use_embedding_model($1)";
const ACTIVE_MODEL: &str = "select private.active_embedding_model()";

/// Embeddings of one server, or of a command. Cheap to clone.
#[derive(Clone)]
pub struct Embeddings(Arc<Inner>);

struct Inner {
    db: Db,
    models: Models,
    settings: ModelSettings,
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
            settings: settings.clone(),
            queries: Queries::default(),
            active: Mutex::default(),
        }))
    }

    /// Tells the database which model is wanted. What that takes is done by jobs.
    ///
    /// # Errors
    /// When the database refuses or does not answer.
    pub async fn start(&self) -> Result<()> {
        let EmbeddingChoice::Model(name) = &self.0.settings.embedding_model else {
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

    /// Keeps telling the log when another server made another model the one of this database: each would have all texts
    /// embedded anew, in turns.
    pub fn watch(&self, tasks: &Tasks) {
        let (this, told) = (self.clone(), Arc::new(Mutex::new(None)));
        tasks.every("embedding models", Every::after(WATCH_EVERY), move || {
            let (this, told) = (this.clone(), Arc::clone(&told));
            async move {
                let other = this.model_of_others().await?;
                if let Some(other) = &other
                    && *told.lock() != Some(other.clone())
                {
                    let own = &this.0.settings.embedding_model;
                    tracing::warn!(
                        "another server on this database wants the embedding model {other}, this one {own}: set \
                         MINDLOOM_EMBEDDING_MODEL to the same on all of them"
                    );
                }
                *told.lock() = other;
                Ok::<_, Error>(())
            }
        });
    }

    /// The model that is wanted by others than this server, if there is one: what was asked for last is not what the
    /// settings here want.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn model_of_others(&self) -> Result<Option<String>> {
        let EmbeddingChoice::Model(name) = &self.0.settings.embedding_model else {
            return Ok(None);
        };
        let client = self.0.db.system().await?;
        let wanted = client.query_opt(WANTED, &[]).await?;
        let wanted: Option<String> = wanted.map(|row| row.try_get(0)).transpose()?;
        Ok(wanted.filter(|wanted| *wanted != name.to_string()))
    }

    /// What the settings want.
    #[must_use]
    pub fn choice(&self) -> &EmbeddingChoice {
        &self.0.settings.embedding_model
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
