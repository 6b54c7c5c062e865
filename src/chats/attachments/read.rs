//! What a model reads of attachments. A client may write anything into a message, so what is read is what whoever asks
//! may read now. What cannot be read is told to the model: it knows then that something is missing.

use deadpool_postgres::ClientWrapper;
use serde_json::Value;
use uuid::Uuid;

use super::{Kind, REQUEST_MAX_BYTES};
use crate::{
    app_state::AppState,
    auth::Caller,
    chats::{agents::Agent, context::History},
    error::{Error, Result},
    models::chat::{ChatMessage, Part},
    storage::StorageError,
};

/// Files of one request.
const FILES_MAX: usize = 20;
const NAME_MAX: usize = 200;
const TRANSCRIPTION: &str =
    "select file_name, transcription from public.audio_recordings where id = $1 and user_id = $2";

/// A file that came with a message.
#[derive(Clone, Debug)]
pub struct File {
    object: Uuid,
    name: String,
}

/// The files that a message's attachments name.
#[must_use]
pub fn files(attachments: &Value) -> Vec<File> {
    let all = attachments.as_array().into_iter().flatten();
    let file = |attachment: &Value| {
        let name = attachment["name"].as_str().unwrap_or("file").chars();
        Some(File {
            object: attachment["objectId"].as_str()?.parse().ok()?,
            name: name.filter(|c| !c.is_control()).take(NAME_MAX).collect(),
        })
    };
    all.filter_map(file).collect()
}

/// What the recordings say that a message's attachments name.
///
/// # Errors
/// When the database does not answer.
pub async fn recordings(
    client: &ClientWrapper,
    owner: Uuid,
    attachments: &Value,
) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for attachment in attachments.as_array().into_iter().flatten() {
        let recording = attachment["recordingId"]
            .as_str()
            .and_then(|id| id.parse::<Uuid>().ok());
        let Some(recording) = recording else { continue };
        let statement = client.prepare_cached(TRANSCRIPTION).await?;
        let row = client.query_opt(&statement, &[&recording, &owner]).await?;
        let text: Option<(String, Option<String>)> = row.map(|row| (row.get(0), row.get(1)));
        if let Some((name, Some(text))) = text {
            parts.push(Part::Text(format!("The recording “{name}” says:\n{text}")));
        }
    }
    Ok(parts)
}

/// What was said before, with the files that came with it before the words, the newest as far as they fit into a request.
/// `chosen` are the provider and the model that will read them.
///
/// # Errors
/// When the place of files or the database does not answer.
pub async fn read(
    app: &AppState,
    caller: &Caller,
    agent: &Agent,
    chosen: Option<(&str, &str)>,
    history: History,
) -> Result<Vec<ChatMessage>> {
    let History {
        mut messages,
        files,
    } = history;
    let provider = chosen.map_or("", |(provider, _)| provider);
    if provider == "local" {
        // It reads words alone.
        return Ok(messages);
    }
    let mut reading = Reading {
        app,
        caller,
        sees_pictures: agent.sees_pictures,
        provider,
        left_files: FILES_MAX,
        left_bytes: REQUEST_MAX_BYTES,
    };
    for (place, file) in files.iter().rev() {
        let part = match reading.part(file).await? {
            Ok(part) => part,
            Err(why) => Part::Text(format!("(The file “{}” came with this; {why}.)", file.name)),
        };
        if let Some(message) = messages.get_mut(*place) {
            message.parts.insert(0, part);
        }
    }
    Ok(messages)
}

/// The files of one request, while they are read.
struct Reading<'a> {
    app: &'a AppState,
    caller: &'a Caller,
    sees_pictures: bool,
    provider: &'a str,
    left_files: usize,
    left_bytes: u64,
}

impl Reading<'_> {
    /// A file as a part of its message, or why it is none.
    async fn part(&mut self, file: &File) -> Result<Result<Part, &'static str>> {
        const GONE: &str = "it is gone by now, or may no longer be read";
        let storage = &self.app.storage;
        if self.left_files == 0 {
            return Ok(Err("newer files are all that is sent at once"));
        }
        if storage.check_ours().is_err() {
            return Ok(Err(GONE));
        }
        let object = match found(storage.find_by_id(self.caller, file.object).await)? {
            Some(object) => object,
            None => return Ok(Err(GONE)),
        };
        let Some(kind) = Kind::of(&object.metadata.mimetype) else {
            return Ok(Err("it is of a type that models do not read"));
        };
        match kind {
            Kind::Picture(_) | Kind::Pdf if !self.sees_pictures => {
                return Ok(Err("this model reads texts alone"));
            }
            Kind::Picture("image/gif") if self.provider == "google" => {
                return Ok(Err("this provider takes no GIF"));
            }
            _ => {}
        }
        let size = object.metadata.size;
        if size > kind.max_bytes() {
            return Ok(Err("it is too large for models by now"));
        }
        if size > self.left_bytes {
            return Ok(Err("newer files are all that is sent at once"));
        }
        let Some(bytes) = found(storage.read_whole(&object, size).await)? else {
            return Ok(Err(GONE));
        };
        let Some(part) = kind.part(&file.name, bytes) else {
            return Ok(Err("it is no text in UTF-8"));
        };
        self.left_files -= 1;
        self.left_bytes -= size;
        Ok(Ok(part))
    }
}

/// What there is; nothing where a file is gone, or the files are not this server's.
fn found<T>(found: Result<T, StorageError>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.status, 400 | 403 | 404) => Ok(None),
        Err(error) => Err(Error::from(error)),
    }
}
