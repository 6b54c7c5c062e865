//! Keeps the keys of a JWKS document up to date.

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use parking_lot::Mutex;

use super::keys::{KeyError, VerificationKey};
use crate::config::JwksLocation;

/// How long a fetched document is believed before it is fetched again.
const REFRESH_EVERY: Duration = Duration::from_secs(600);
/// How soon an unknown key may make the document be fetched again: tokens with made-up keys cost no more.
const REFRESH_AT_MOST_EVERY: Duration = Duration::from_secs(30);
/// How long fetching may take; a request with an unknown key waits for it.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// A JWKS document is a few kilobytes; nobody's web server may fill our memory.
const DOCUMENT_MAX_BYTES: usize = 1 << 20;

/// Where keys come from, and when they were last asked for.
#[derive(Debug)]
pub(super) struct JwksSource {
    location: JwksLocation,
    client: reqwest::Client,
    state: Mutex<Freshness>,
}

#[derive(Debug, Default)]
struct Freshness {
    tried: Option<Instant>,
    modified: Option<SystemTime>,
}

impl JwksSource {
    pub(super) fn new(location: JwksLocation) -> Result<Self, KeyError> {
        let client = reqwest::Client::builder()
            .timeout(FETCH_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(JwksSource {
            location,
            client,
            state: Mutex::default(),
        })
    }

    /// The keys when they are due: at the first call, every ten minutes, when the file changed. With `unknown`
    /// (a token named a key that is not there) sooner. Nothing when what is known is still good.
    pub(super) async fn due(
        &self,
        unknown: bool,
    ) -> Result<Option<Vec<VerificationKey>>, KeyError> {
        let modified = match &self.location {
            JwksLocation::File(path) => Some(modified(path).await?),
            JwksLocation::Url(_) => None,
        };
        if !self.claim(unknown, modified) {
            return Ok(None);
        }
        let document = match &self.location {
            JwksLocation::File(path) => read(path).await?,
            JwksLocation::Url(url) => self.fetch(url.clone()).await?,
        };
        VerificationKey::from_jwks(&document).map(Some)
    }

    /// Whether it is time; if so, the next caller finds that it is not.
    fn claim(&self, unknown: bool, modified: Option<SystemTime>) -> bool {
        let mut state = self.state.lock();
        let wait = if unknown {
            REFRESH_AT_MOST_EVERY
        } else {
            REFRESH_EVERY
        };
        let due = match (modified, state.tried) {
            (Some(_), _) => state.modified != modified,
            (None, Some(tried)) => tried.elapsed() >= wait,
            (None, None) => true,
        };
        if due {
            *state = Freshness {
                tried: Some(Instant::now()),
                modified,
            };
        }
        due
    }

    async fn fetch(&self, url: url::Url) -> Result<Vec<u8>, KeyError> {
        let mut response = self.client.get(url).send().await?.error_for_status()?;
        let mut document = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            document.extend_from_slice(&chunk);
            if document.len() > DOCUMENT_MAX_BYTES {
                return Err(KeyError::Empty);
            }
        }
        Ok(document)
    }
}

async fn modified(path: &Path) -> Result<SystemTime, KeyError> {
    let metadata = tokio::fs::metadata(path).await;
    metadata
        .and_then(|metadata| metadata.modified())
        .map_err(|source| unreadable(path, source))
}

async fn read(path: &Path) -> Result<Vec<u8>, KeyError> {
    let document = tokio::fs::read(path).await;
    document.map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: std::io::Error) -> KeyError {
    KeyError::File {
        path: path.to_owned(),
        source,
    }
}
