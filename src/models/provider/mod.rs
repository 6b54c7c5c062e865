//! Models of providers: three small wire formats (OpenAI's, which many speak, and Google's) over one way of calling.

pub(in crate::models) mod answer;
mod google;
mod openai;

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use reqwest::{Client, RequestBuilder};
use url::Url;

use self::answer::{Answer, read_bounded, refusal};
use super::{
    BATCH_MAX, DIMENSIONS_MAX, Embedded, ModelError,
    vector::{mean, unit},
};
use crate::config::{ModelName, ModelProvider, ModelSettings, SecretText};

const TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A model of a provider.
pub(super) struct Provider {
    client: Client,
    wire: Wire,
    /// Who it is, for messages.
    label: &'static str,
    base: Url,
    key: Option<SecretText>,
    /// The setting that holds the key.
    key_variable: &'static str,
    model: String,
    /// Characters that go into one piece: few enough for its tokens to be read whole, in any language.
    piece_max: usize,
    /// Whether it has to be asked for fewer numbers than it has.
    asks_for_fewer: AtomicBool,
    /// How many numbers its vectors have; 0 before the first.
    dimensions: AtomicUsize,
}

/// How a provider is spoken to.
#[derive(Clone, Copy)]
enum Wire {
    OpenAi,
    Google,
}

impl Provider {
    /// A model by its name, with the key and the address of the settings.
    pub(super) fn new(name: &ModelName, settings: &ModelSettings) -> Result<Self, ModelError> {
        let (wire, piece_max) = match name.provider {
            ModelProvider::Google => (Wire::Google, 2_000),
            ModelProvider::OpenAi => (Wire::OpenAi, 4_000),
            _ => (Wire::OpenAi, 2_000),
        };
        let provider = name.provider;
        let (label, key_variable) = (provider.label(), provider.key_variable());
        let key = settings.api_key(provider);
        let needs_key = provider != ModelProvider::Compatible;
        if needs_key && key.is_none() {
            return Err(ModelError::Missing(format!(
                "{label} needs a key for the embedding model {name}: set {key_variable}"
            )));
        }
        let base = base_url(name, settings)?;
        let client = Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            // A provider that redirects could send texts and the key anywhere.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("mindloom")
            .build()
            .map_err(|error| ModelError::Unreachable(error.to_string()))?;
        // Both have 3,072 numbers unless asked for fewer. Of any other that is known by its first answer.
        let long = ["text-embedding-3-large", "gemini-embedding-001"];
        Ok(Provider {
            client,
            wire,
            label,
            base,
            key: key.cloned(),
            key_variable,
            model: name.name.clone(),
            piece_max,
            asks_for_fewer: AtomicBool::new(long.contains(&name.name.as_str())),
            dimensions: AtomicUsize::new(0),
        })
    }

    pub(super) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    pub(super) async fn embed(&self, texts: &[&str]) -> Result<Embedded, ModelError> {
        let pieces: Vec<(usize, &str)> = texts
            .iter()
            .enumerate()
            .flat_map(|(number, text)| {
                pieces(text, self.piece_max).map(move |piece| (number, piece))
            })
            .collect();
        let mut of_texts = vec![Vec::new(); texts.len()];
        let mut tokens = Some(0);
        for batch in pieces.chunks(BATCH_MAX) {
            let asked: Vec<&str> = batch.iter().map(|(_, piece)| *piece).collect();
            let answer = self.call(&asked).await?;
            tokens = tokens.zip(answer.tokens).map(|(sum, more)| sum + more);
            for ((number, piece), vector) in batch.iter().zip(answer.vectors) {
                of_texts[*number].push((unit(vector, self.label)?, piece.len()));
            }
        }
        let vectors = of_texts.iter().map(|pieces| mean(pieces, self.label));
        Ok(Embedded {
            vectors: vectors.collect::<Result<_, _>>()?,
            tokens,
        })
    }

    /// One call, of [`BATCH_MAX`] pieces at most; a second one where the first showed that the model has to be asked
    /// for fewer numbers.
    async fn call(&self, pieces: &[&str]) -> Result<Answer, ModelError> {
        let asked_for_fewer = self.asks_for_fewer.load(Ordering::Relaxed);
        let mut answer = self.exchange(pieces, asked_for_fewer).await?;
        if !asked_for_fewer && answer.longest() > DIMENSIONS_MAX {
            self.asks_for_fewer.store(true, Ordering::Relaxed);
            answer = self.exchange(pieces, true).await?;
        }
        self.check(pieces.len(), &answer)?;
        Ok(answer)
    }

    async fn exchange(&self, pieces: &[&str], fewer: bool) -> Result<Answer, ModelError> {
        let dimensions = fewer.then_some(DIMENSIONS_MAX);
        let request = match self.wire {
            Wire::OpenAi => {
                openai::request(&self.client, &self.base, &self.model, pieces, dimensions)
            }
            Wire::Google => {
                google::request(&self.client, &self.base, &self.model, pieces, dimensions)
            }
        };
        let response = self.authorized(request).send().await.map_err(|error| {
            // The address could hold a password.
            ModelError::Unreachable(format!(
                "{} does not answer: {}",
                self.label,
                error.without_url()
            ))
        })?;
        if !response.status().is_success() {
            return Err(refusal(response, self.label, self.key_variable, &self.model).await);
        }
        let body = read_bounded(response, self.label).await?;
        let answer = match self.wire {
            Wire::OpenAi => openai::read(&body, pieces.len()),
            Wire::Google => google::read(&body),
        };
        answer.map_err(|reason| {
            ModelError::BadAnswer(format!("{} answered no embeddings: {reason}", self.label))
        })
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        match (&self.key, self.wire) {
            (None, _) => request,
            (Some(key), Wire::OpenAi) => request.bearer_auth(key.expose()),
            (Some(key), Wire::Google) => request.header("x-goog-api-key", key.expose()),
        }
    }

    /// Refuses what is no vector for each piece, or not all of one length, which is that of all former answers.
    fn check(&self, asked: usize, answer: &Answer) -> Result<(), ModelError> {
        let (label, found) = (self.label, answer.vectors.len());
        if found != asked {
            return Err(ModelError::BadAnswer(format!(
                "{label} answered {found} vectors for {asked} texts"
            )));
        }
        let length = answer.longest();
        if length > DIMENSIONS_MAX {
            return Err(ModelError::BadAnswer(format!(
                "{label} answered vectors of {length} numbers though it was asked for {DIMENSIONS_MAX}, and no more can be stored: choose another model"
            )));
        }
        let known = match self.dimensions.load(Ordering::Relaxed) {
            0 => length,
            known => known,
        };
        if let Some(other) = answer
            .vectors
            .iter()
            .map(Vec::len)
            .find(|len| *len != known)
        {
            return Err(ModelError::BadAnswer(format!(
                "{label} answered a vector of {other} numbers; those of {} have {known}",
                self.model
            )));
        }
        self.dimensions.store(known, Ordering::Relaxed);
        Ok(())
    }
}

/// The address that the settings give, or the provider's own.
fn base_url(name: &ModelName, settings: &ModelSettings) -> Result<Url, ModelError> {
    if let Some(set) = settings.base_url(name.provider) {
        return Ok(set.clone());
    }
    let own = match name.provider {
        ModelProvider::OpenAi => "https://api.openai.com/v1",
        ModelProvider::Google => "https://generativelanguage.googleapis.com/v1beta",
        _ => "",
    };
    own.parse().map_err(|_| {
        ModelError::Missing(format!(
            "the embedding model {name} needs an address: set MINDLOOM_COMPATIBLE_BASE_URL"
        ))
    })
}

/// A text in pieces of so many characters at most.
fn pieces(text: &str, max: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match text.char_indices().nth(max) {
            Some((end, _)) => {
                let (piece, after) = text.split_at(end);
                rest = Some(after);
                Some(piece)
            }
            None => rest.take(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(pieces("äöü", 2).collect::<Vec<_>>(), ["äö", "ü"]);
        assert_eq!(pieces("äö", 2).collect::<Vec<_>>(), ["äö"]);
        assert_eq!(pieces("", 2).collect::<Vec<_>>(), [""]);
    }
}
