//! Texts that wait for their vectors get them.

use std::{collections::HashMap, time::Instant};

use pgvector::Vector;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{EmbedError, Embeddings, record::Call};
use crate::models::{BATCH_MAX, Embedded, EmbeddingModel, ModelError, Urgency};

// Enumerations travel as text.
const TAKE: &str = "
    select t.entity_type::text, t.entity_id, t.content, t.text_hash, t.known, (select e.user_id from public.embeddings e
      where e.entity_type = t.entity_type and e.entity_id = t.entity_id and e.model = $1)
    from private.texts_to_embed($1, $2, $3, $4) t";
const DIMENSIONS: &str = "select dimensions from mindloom.embedding_models where model = $1";
const STORE: &str = "
    select private.store_embeddings($1, $2::text[]::public.search_entity_type[], $3, $4, $5, $6)";
const REFUSE: &str = "
    select private.refuse_embedding($1, $2::text::public.search_entity_type, $3, $4)";

/// What a step takes of long texts, in bytes, with the one that exceeds it: a few seconds' work for the local model.
const BYTES_MAX: usize = 50_000;
/// A text of more bytes is a long one: the local model reads one of so many in some tenths of a second.
const SHORT_BYTES: i32 = 4_000;

/// Which of the texts that wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Portion {
    /// Short ones, a few at a time: nobody waits for long behind them. They go before all others.
    Short,
    /// All, the shortest first.
    All,
}

impl Portion {
    /// The bytes that a text of it has at most; none where there is no limit.
    #[must_use]
    pub fn longest(self) -> Option<i32> {
        (self == Portion::Short).then_some(SHORT_BYTES)
    }

    fn urgency(self) -> Urgency {
        match self {
            Portion::Short => Urgency::Fresh,
            Portion::All => Urgency::Background,
        }
    }

    /// Bytes of texts that a step takes, with the text that exceeds them.
    fn step_bytes(self, model: &EmbeddingModel) -> usize {
        match self {
            Portion::Short => model.call_bytes(),
            Portion::All => BYTES_MAX,
        }
    }
}

/// What came of a step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Texts that were taken; none when none waits.
    pub texts: u64,
    /// Texts that the model does not take.
    pub refused: u64,
    /// Tokens that were read for it, where the model tells.
    pub tokens: u64,
}

/// A text that waits.
struct Waiting {
    kind: String,
    id: Uuid,
    content: String,
    hash: String,
    vector: Option<Vec<f32>>,
    owner: Option<Uuid>,
}

impl Waiting {
    fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Waiting {
            kind: row.try_get(0)?,
            id: row.try_get(1)?,
            content: row.try_get(2)?,
            hash: row.try_get(3)?,
            vector: row.try_get::<_, Option<Vector>>(4)?.map(|v| v.to_vec()),
            owner: row.try_get(5)?,
        })
    }
}

impl Embeddings {
    /// Gives vectors to texts that wait for one of this model, of one person or of everybody: as many as are embedded
    /// by one call.
    ///
    /// # Errors
    /// When the model or the database does not answer as it should. The texts go on waiting then.
    pub async fn embed_some(
        &self,
        model: &EmbeddingModel,
        owner: Option<Uuid>,
        portion: Portion,
    ) -> Result<Counts, EmbedError> {
        let name = model.name().to_string();
        let mut waiting = self.take(model, owner, portion).await?;
        let mut counts = Counts {
            texts: waiting.len() as u64,
            ..Counts::default()
        };
        if waiting.is_empty() {
            return Ok(counts);
        }
        let began = Instant::now();
        let mut filled = fill(model, portion.urgency(), &mut waiting).await;
        if filled.read.is_empty()
            && let Some(error) = filled.failed.take()
        {
            return Err(error.into());
        }
        counts.refused = filled.refused.len() as u64;
        counts.tokens = filled.tokens.unwrap_or_default();
        let read = filled.read.iter().map(|place| &waiting[*place]);
        let call = Call {
            texts: read
                .filter_map(|text| Some((text.owner?, text.content.as_str())))
                .collect(),
            tokens: filled.tokens,
            began,
        };
        let recorded = self.record(model, call).await;
        // What was paid for is kept, also where that could not be written down.
        self.check(&name, &waiting).await?;
        self.store(&name, &waiting, model.is_of_provider()).await?;
        recorded?;
        for (place, reason) in filled.refused {
            let text = &waiting[place];
            let client = self.0.db.system().await?;
            client
                .execute(REFUSE, &[&name, &text.kind, &text.id, &reason])
                .await?;
        }
        match filled.failed {
            Some(error) => Err(error.into()),
            None => Ok(counts),
        }
    }

    async fn take(
        &self,
        model: &EmbeddingModel,
        owner: Option<Uuid>,
        portion: Portion,
    ) -> Result<Vec<Waiting>, EmbedError> {
        let client = self.0.db.system().await?;
        let statement = client.prepare_cached(TAKE).await?;
        let (name, count) = (model.name().to_string(), BATCH_MAX as i32);
        let rows = client
            .query(&statement, &[&name, &owner, &count, &portion.longest()])
            .await?;
        let bytes_max = portion.step_bytes(model);
        let mut texts = Vec::new();
        let mut bytes = 0;
        for row in &rows {
            if bytes > bytes_max {
                break;
            }
            let text = Waiting::read(row)?;
            bytes += text.content.len();
            texts.push(text);
        }
        Ok(texts)
    }

    /// Refuses vectors of another length than those that are stored: they could not be compared.
    async fn check(&self, model: &str, made: &[Waiting]) -> Result<(), EmbedError> {
        let client = self.0.db.system().await?;
        let statement = client.prepare_cached(DIMENSIONS).await?;
        let row = client.query_opt(&statement, &[&model]).await?;
        let known = row
            .map(|row| row.try_get::<_, Option<i32>>(0))
            .transpose()?
            .flatten();
        let lengths = made.iter().filter_map(|text| text.vector.as_ref());
        let other = lengths
            .map(Vec::len)
            .find(|len| known.is_some_and(|known| usize::try_from(known) != Ok(*len)));
        match other {
            None => Ok(()),
            Some(other) => Err(ModelError::BadAnswer(format!(
                "{model} gives vectors of {other} numbers, those that are stored of it have {}: another model answers \
                 under its name. Set MINDLOOM_EMBEDDING_MODEL to one of another name, or make the former one answer",
                known.unwrap_or_default()
            ))
            .into()),
        }
    }

    async fn store(&self, model: &str, made: &[Waiting], keep: bool) -> Result<(), EmbedError> {
        let (mut kinds, mut ids, mut hashes, mut vectors) = (vec![], vec![], vec![], vec![]);
        for text in made {
            if let Some(vector) = &text.vector {
                kinds.push(text.kind.as_str());
                ids.push(text.id);
                hashes.push(text.hash.as_str());
                vectors.push(Vector::from(vector.clone()));
            }
        }
        let client = self.0.db.system().await?;
        let statement = client.prepare_cached(STORE).await?;
        client
            .query_one(
                &statement,
                &[&model, &kinds, &ids, &hashes, &vectors, &keep],
            )
            .await?;
        Ok(())
    }
}

/// What came of asking for vectors.
#[derive(Default)]
struct Filled {
    /// The places of texts that were read.
    read: Vec<usize>,
    /// Their tokens, where the model tells.
    tokens: Option<u64>,
    /// The places of texts that the model does not take, with its reason.
    refused: Vec<(usize, String)>,
    /// Why not all were asked for.
    failed: Option<ModelError>,
}

/// Makes the vectors that are not known yet, of equal texts once.
async fn fill(model: &EmbeddingModel, urgency: Urgency, waiting: &mut [Waiting]) -> Filled {
    let mut firsts: HashMap<&str, usize> = HashMap::new();
    let mut unknown: Vec<usize> = Vec::new();
    for (place, text) in waiting.iter().enumerate() {
        if text.vector.is_none() && !firsts.contains_key(text.hash.as_str()) {
            firsts.insert(&text.hash, place);
            unknown.push(place);
        }
    }
    let mut filled = Filled {
        tokens: Some(0),
        ..Filled::default()
    };
    if unknown.is_empty() {
        return filled;
    }
    let mut made: HashMap<String, Vec<f32>> = HashMap::new();
    let texts: Vec<&str> = unknown.iter().map(|p| &*waiting[*p].content).collect();
    match model.embed(&texts, urgency).await {
        Ok(embedded) => take_over(&mut filled, &mut made, waiting, &unknown, embedded),
        // One text spoils the call for all: which one shows when each is sent alone.
        Err(ModelError::Refused(_)) => {
            for place in &unknown {
                let text = &waiting[*place];
                match model.embed(&[&text.content], urgency).await {
                    Ok(embedded) => {
                        take_over(&mut filled, &mut made, waiting, &[*place], embedded);
                    }
                    Err(ModelError::Refused(reason)) => filled.refused.push((*place, reason)),
                    Err(error) => {
                        filled.failed = Some(error);
                        break;
                    }
                }
            }
        }
        Err(error) => filled.failed = Some(error),
    }
    for text in waiting.iter_mut() {
        if text.vector.is_none() {
            text.vector = made.get(&text.hash).cloned();
        }
    }
    filled
}

/// Notes the vectors of texts at these places, and what they took.
fn take_over(
    filled: &mut Filled,
    made: &mut HashMap<String, Vec<f32>>,
    waiting: &[Waiting],
    places: &[usize],
    embedded: Embedded,
) {
    filled.tokens = filled
        .tokens
        .zip(embedded.tokens)
        .map(|(sum, more)| sum + more);
    filled.read.extend(places);
    let hashes = places.iter().map(|place| waiting[*place].hash.clone());
    made.extend(hashes.zip(embedded.vectors));
}
