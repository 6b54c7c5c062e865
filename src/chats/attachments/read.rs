//! What a model reads of attachments. A client may write anything into a message, so what is read is what whoever asks
//! may read now. What cannot be read is told to the model: it knows then that something is missing.

use std::collections::HashSet;

use serde_json::Value;
use uuid::Uuid;

use super::{ATTACHMENTS_MAX, Kind, REQUEST_MAX_BYTES};
use crate::{
    app_state::AppState,
    auth::Caller,
    chats::{agents::Agent, context::History},
    error::{Error, Result},
    models::chat::{ChatMessage, Part},
    storage::StorageError,
};

const GONE: &str = "it is gone by now, or may no longer be read";
const LATER: &str = "newer files are all that is sent at once";
/// Files of one request that are looked at.
const FILES_MAX: usize = 20;
const NAME_MAX: usize = 200;
/// As the caller: row level security says whose they are.
const TRANSCRIPTION: &str = "
    select octet_length(transcription)::bigint, case when octet_length(transcription) <= $2 then transcription end
    from public.audio_recordings where id = $1 and transcription is not null";

/// A file that came with a message.
#[derive(Clone, Debug)]
pub struct File {
    what: What,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum What {
    Object(Uuid),
    /// Of which its transcription is read.
    Recording(Uuid),
}

/// The files that a message's attachments name, each once, as many as a message may have.
#[must_use]
pub fn files(attachments: &Value) -> Vec<File> {
    let mut seen = HashSet::new();
    let all = attachments.as_array().into_iter().flatten();
    let file = |attachment: &Value| {
        let id = |name: &str| attachment[name].as_str()?.parse().ok();
        let what = id("objectId")
            .map(What::Object)
            .or_else(|| id("recordingId").map(What::Recording))?;
        let name = attachment["name"].as_str().unwrap_or("file").chars();
        seen.insert(what).then(|| File {
            what,
            name: name.filter(|c| !c.is_control()).take(NAME_MAX).collect(),
        })
    };
    all.filter_map(file).take(ATTACHMENTS_MAX).collect()
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
    let mut reading = Reading {
        app,
        caller,
        sees_pictures: agent.sees_pictures,
        // Of the servers that speak OpenAI's older protocol, next to none take a PDF, and those refuse the whole request.
        reads_pdf: agent.reads_pdf.unwrap_or(provider != "compatible"),
        provider,
        left_files: FILES_MAX,
        left_bytes: REQUEST_MAX_BYTES,
    };
    for (place, file) in files.iter().rev() {
        if provider == "local" && matches!(file.what, What::Object(_)) {
            // It reads words alone.
            continue;
        }
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
    reads_pdf: bool,
    provider: &'a str,
    left_files: usize,
    left_bytes: u64,
}

impl Reading<'_> {
    /// A file as a part of its message, or why it is none.
    async fn part(&mut self, file: &File) -> Result<Result<Part, &'static str>> {
        // A look that finds nothing counts, too: a message may name as many as it likes.
        if self.left_files == 0 {
            return Ok(Err(LATER));
        }
        self.left_files -= 1;
        match file.what {
            What::Object(object) => self.object(object, &file.name).await,
            What::Recording(recording) => self.recording(recording, &file.name).await,
        }
    }

    async fn recording(&mut self, id: Uuid, name: &str) -> Result<Result<Part, &'static str>> {
        let caller = self.app.db.begin(self.caller).await?;
        let statement = caller.prepare_cached(TRANSCRIPTION).await?;
        let left = i64::try_from(self.left_bytes).unwrap_or(i64::MAX);
        let row = caller.query_opt(&statement, &[&id, &left]).await?;
        let found: Option<(i64, Option<String>)> = row.map(|row| (row.get(0), row.get(1)));
        caller.rollback().await?;
        Ok(match found {
            None => Err(GONE),
            Some((_, None)) => Err(LATER),
            Some((size, Some(text))) => {
                self.left_bytes -= u64::try_from(size).unwrap_or(0).min(self.left_bytes);
                Ok(Part::Text(format!("The recording “{name}” says:\n{text}")))
            }
        })
    }

    async fn object(&mut self, id: Uuid, name: &str) -> Result<Result<Part, &'static str>> {
        let storage = &self.app.storage;
        if storage.check_ours().is_err() {
            return Ok(Err(GONE));
        }
        let object = match found(storage.find_by_id(self.caller, id).await)? {
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
            Kind::Pdf if !self.reads_pdf => return Ok(Err("this model takes no PDF")),
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
            return Ok(Err(LATER));
        }
        let Some(bytes) = found(storage.read_whole(&object, size).await)? else {
            return Ok(Err(GONE));
        };
        let Some(part) = kind.part(name, bytes) else {
            return Ok(Err("it is no text in UTF-8"));
        };
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
