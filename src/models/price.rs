//! What embeddings and transcripts cost, as the providers' price lists say.

use crate::config::{EmbeddingChoice, ModelName, ModelProvider, ModelSettings};

/// US dollars for a million tokens of an embedding model: what the settings say of theirs, else the price list; none where
/// nobody knows.
#[must_use]
pub fn of_embeddings(settings: &ModelSettings, model: &ModelName) -> Option<f64> {
    let is_it = matches!(&settings.embedding_model, EmbeddingChoice::Model(name) if name == model);
    let set = settings.embedding_price_per_million_tokens.as_deref();
    let set = set.filter(|_| is_it).and_then(|price| price.parse().ok());
    set.or_else(|| per_million(model))
}

fn per_million(model: &ModelName) -> Option<f64> {
    match (model.provider, model.name.as_str()) {
        (ModelProvider::Local, _) => Some(0.0),
        (ModelProvider::OpenAi, "text-embedding-3-small") => Some(0.02),
        (ModelProvider::OpenAi, "text-embedding-3-large") => Some(0.13),
        (ModelProvider::OpenAi, "text-embedding-ada-002") => Some(0.10),
        (ModelProvider::Google, "gemini-embedding-001") => Some(0.15),
        _ => None,
    }
}

/// OpenAI's models that write down recordings, and what a minute of sound costs by them, in US dollars. Of those that
/// count tokens it is what OpenAI expects a minute to cost.
pub const TRANSCRIPTION: [(&str, &str); 3] = [
    ("whisper-1", "0.006"),
    ("gpt-4o-transcribe", "0.006"),
    ("gpt-4o-mini-transcribe", "0.003"),
];
