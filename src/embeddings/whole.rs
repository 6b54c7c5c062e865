//! All texts get vectors of one model; then it answers.

use uuid::Uuid;

use super::{Counts, EmbedError, Embeddings, Portion};
use crate::{config::ModelName, error::Result, models::EmbeddingModel};

/// Rows that a step looks at: every statement stays short.
const STEP: i32 = 500;
const IS_WANTED: &str =
    "select from mindloom.embedding_models where model = $1 and state <> 'retired'";
const IS_BUILDING: &str =
    "select from mindloom.embedding_models where model = $1 and state = 'building'";
const DOUBT: &str = "select private.doubt_embeddings($1)";
const LIST: &str = "select private.list_texts_to_embed($1, $2, $3)";
const PROGRESS: &str =
    "select waiting, waiting_characters, refused, texts from private.embedding_progress($1)";
const ACTIVATE: &str = "select private.activate_embedding_model($1)";
const COPY: &str = "select private.copy_embeddings_to_notes($1, $2)";
const REMOVE: &str = "select private.remove_retired_embeddings($1)";
const REMOVE_LATER: &str = "
    select private.enqueue_job('embeddings.embed_all',
      jsonb_build_object('model', $1::text, 'provider', split_part($1, ':', 1)), null, 'embeddings.embed_all:' || $1,
      interval '2 minutes')
    where exists (select from public.embeddings e join mindloom.embedding_models m using (model)
      where m.state = 'retired')";

/// How far a model has come.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// Texts that it has no vector of.
    pub waiting: i64,
    /// Their characters.
    pub waiting_characters: i64,
    /// Texts that it does not take.
    pub refused: i64,
    /// All texts.
    pub texts: i64,
}

/// Embedding everything with one model, step by step. It may be left after any step: another one goes on from there.
pub struct Whole<'a> {
    embeddings: &'a Embeddings,
    name: String,
    model: &'a EmbeddingModel,
    at: At,
}

enum At {
    Doubting,
    Listing(Option<Uuid>),
    Embedding,
    /// What was written by transactions that began before the model was wanted.
    ListingAgain(Option<Uuid>),
    Activating,
    Copying(Option<Uuid>),
    Removing,
    Done,
}

impl Embeddings {
    /// Whether a model answers searches, or will.
    ///
    /// # Errors
    /// When the database refuses or does not answer.
    pub async fn is_wanted(&self, name: &ModelName) -> Result<bool> {
        let client = self.0.db.system().await?;
        let wanted = client.query_opt(IS_WANTED, &[&name.to_string()]).await?;
        Ok(wanted.is_some())
    }

    /// How far a model has come.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn stage(&self, name: &ModelName) -> Result<Stage> {
        let client = self.0.db.system().await?;
        let row = client.query_one(PROGRESS, &[&name.to_string()]).await?;
        Ok(Stage {
            waiting: row.try_get(0)?,
            waiting_characters: row.try_get(1)?,
            refused: row.try_get(2)?,
            texts: row.try_get(3)?,
        })
    }

    /// Begins to embed everything with a model that is wanted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn embed_all<'a>(&'a self, model: &'a EmbeddingModel) -> Result<Whole<'a>> {
        self.wanted(model.name()).await?;
        Ok(Whole::of(self, model))
    }

    /// The same for a model that was wanted; nothing when it no longer is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn embed_rest<'a>(&'a self, model: &'a EmbeddingModel) -> Result<Option<Whole<'a>>> {
        let is_wanted = self.is_wanted(model.name()).await?;
        Ok(is_wanted.then(|| Whole::of(self, model)))
    }
}

impl<'a> Whole<'a> {
    fn of(embeddings: &'a Embeddings, model: &'a EmbeddingModel) -> Self {
        Whole {
            embeddings,
            name: model.name().to_string(),
            model,
            at: At::Doubting,
        }
    }

    /// Does the next step, and tells what it did; nothing after the last.
    ///
    /// # Errors
    /// When the model or the database does not answer as it should.
    pub async fn step(&mut self) -> Result<Option<Counts>, EmbedError> {
        let client = self.embeddings.0.db.system().await?;
        let name = &self.name;
        let mut counts = Counts::default();
        self.at = match &self.at {
            At::Doubting => {
                client.execute(DOUBT, &[name]).await?;
                At::Listing(None)
            }
            At::Listing(after) => {
                let row = client.query_one(LIST, &[name, after, &STEP]).await?;
                match row.try_get(0)? {
                    None => At::Embedding,
                    after => At::Listing(after),
                }
            }
            At::Embedding => {
                drop(client);
                let embeddings = self.embeddings;
                counts = embeddings
                    .embed_some(self.model, None, Portion::All)
                    .await?;
                match counts.texts {
                    0 => At::ListingAgain(None),
                    _ => At::Embedding,
                }
            }
            At::ListingAgain(after) => {
                let row = client.query_one(LIST, &[name, after, &STEP]).await?;
                match row.try_get(0)? {
                    None => At::Activating,
                    after => At::ListingAgain(after),
                }
            }
            At::Activating => {
                client.query_one(ACTIVATE, &[name]).await?;
                *self.embeddings.0.active.lock() = None;
                // Somebody may have written a text since the last one was embedded.
                match client.query_opt(IS_BUILDING, &[name]).await? {
                    Some(_) => At::Embedding,
                    None => At::Copying(None),
                }
            }
            At::Copying(after) => {
                let row = client.query_one(COPY, &[after, &STEP]).await?;
                match row.try_get(0)? {
                    None => At::Removing,
                    after => At::Copying(after),
                }
            }
            At::Removing => {
                let row = client.query_one(REMOVE, &[&STEP]).await?;
                if row.try_get::<_, i64>(0)? > 0 {
                    At::Removing
                } else {
                    client.execute(REMOVE_LATER, &[name]).await?;
                    At::Done
                }
            }
            At::Done => return Ok(None),
        };
        Ok(Some(counts))
    }
}
