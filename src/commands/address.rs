//! Where the server answers, for commands that tell people: it may have been started with other settings than they.

use std::path::PathBuf;

use url::Url;

use super::Failure;
use crate::config::{Settings, url_of};

/// Writes down where the server of this data directory answers from now on. It stays there when the server ends: the
/// next one most likely answers there again.
pub(super) fn remember(settings: &Settings, url: &Url) {
    let path = path(settings);
    if let Err(error) = std::fs::write(&path, format!("{url}\n")) {
        let path = path.display();
        tracing::warn!(%error, %path, "commands will not know where this server answers");
    }
}

/// Where the server answers: as the settings say, else as the last one of this data directory wrote down.
pub(super) fn public_url(settings: &Settings) -> Result<Url, Failure> {
    if let Some(url) = &settings.accounts.public_url {
        return Ok(url.clone());
    }
    if settings.http.is_default_bind()
        && let Some(url) = last(settings)
    {
        return Ok(url);
    }
    Ok(url_of(settings.http.bind)?)
}

fn last(settings: &Settings) -> Option<Url> {
    let text = std::fs::read_to_string(path(settings)).ok()?;
    text.trim().parse().ok()
}

fn path(settings: &Settings) -> PathBuf {
    settings.data.data_dir().join("address")
}
