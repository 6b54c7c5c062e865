//! Images in other sizes: made when they are asked for, and kept on disk within a limit.

mod cache;
mod queue;
mod render;

use std::{ops::RangeInclusive, path::Path};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use self::{
    cache::{Cache, Key},
    queue::{Queue, Turn},
};
use super::{Object, Result, Storage, StorageError};
use crate::{auth::Share, error::Error};

/// The widest and highest image that is made, in pixels.
const SIDE_MAX: u32 = 2_500;
const QUALITIES: RangeInclusive<u8> = 20..=100;
/// The largest file of which another size is made.
const SOURCE_MAX_BYTES: u64 = 32 << 20;

/// An image as it is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Transform {
    /// How wide, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// How high, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// What to do where the sides' ratio is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resize: Option<Resize>,
    /// How good, from 20 to 100, where the format knows that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<u8>,
    /// As what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
}

/// What to do where an image's sides have another ratio than those that it is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resize {
    /// It fills both sides, and what is over is cut off.
    Cover,
    /// It lies within both sides.
    Contain,
    /// It is stretched.
    Fill,
}

/// A format of images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// That of the file.
    Origin,
    /// WebP, without loss.
    Webp,
    /// Which this server does not make.
    Avif,
}

/// An image in another size.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Its bytes.
    pub bytes: Bytes,
    /// What it is.
    pub media_type: &'static str,
    /// Quoted; the same for the same image.
    pub e_tag: String,
}

/// What makes them.
pub(super) struct Images {
    cache: Cache,
    queue: Queue,
    max_pixels: u64,
}

impl Images {
    pub(super) fn new(cache_dir: &Path, max_pixels: u64, cache_bytes: u64) -> Self {
        Images {
            cache: Cache::new(cache_dir.join("images"), cache_bytes),
            queue: Queue::new(),
            max_pixels,
        }
    }

    /// Removes what was made of a content.
    pub(super) async fn forget(&self, version: Uuid) {
        self.cache.forget(version).await;
    }
}

impl Transform {
    /// Whether anything is asked for.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self == &Transform::default()
    }

    /// Whether it can be had.
    ///
    /// # Errors
    /// Says what can.
    pub fn check(&self) -> Result<()> {
        let is_side = |side: Option<u32>| side.is_none_or(|side| (1..=SIDE_MAX).contains(&side));
        if !is_side(self.width) || !is_side(self.height) {
            let message = format!("width and height must be 1 to {SIDE_MAX}");
            return Err(StorageError::invalid_request(message));
        }
        if self
            .quality
            .is_some_and(|quality| !QUALITIES.contains(&quality))
        {
            return Err(StorageError::invalid_request("quality must be 20 to 100"));
        }
        if self.format == Some(Format::Avif) {
            let message = "format may be origin or webp: this server makes no AVIF";
            return Err(StorageError::invalid_request(message));
        }
        Ok(())
    }

    /// Names it, for the cache and for `ETag`.
    fn digest(&self, object: &Object) -> String {
        let mut hash = Sha256::new();
        hash.update(object.metadata.e_tag.as_bytes());
        hash.update(serde_json::to_vec(self).unwrap_or_default());
        hex::encode(&hash.finalize()[..16])
    }
}

impl Storage {
    /// An image in another size, made in the turn of `share`.
    ///
    /// # Errors
    /// When the file is no image that this server reads, or has too many pixels or bytes; when more are asked for than
    /// can be made in time.
    pub async fn render(
        &self,
        share: Share,
        object: &Object,
        transform: &Transform,
    ) -> Result<Rendered> {
        transform.check()?;
        let images = self.images();
        let digest = transform.digest(object);
        let media_type = render::media_type(&object.metadata.mimetype, transform.format)?;
        let e_tag = format!("\"{digest}\"");
        let key = (object.version, digest);
        if let Some(bytes) = images.cache.get(&key).await {
            return Ok(Rendered {
                bytes,
                media_type,
                e_tag,
            });
        }
        let making = Making {
            storage: self.clone(),
            object: object.clone(),
            transform: transform.clone(),
            media_type,
            key: key.clone(),
        };
        let make = |turn| making.make(turn);
        let bytes = images.queue.get(key, share, make).await?;
        Ok(Rendered {
            bytes,
            media_type,
            e_tag,
        })
    }
}

/// An image that is to be made.
struct Making {
    storage: Storage,
    object: Object,
    transform: Transform,
    media_type: &'static str,
    key: Key,
}

impl Making {
    async fn make(self, turn: Turn) -> Result<Bytes> {
        let images = self.storage.images();
        // It may have been made while this one waited.
        if let Some(bytes) = images.cache.get(&self.key).await {
            return Ok(bytes);
        }
        let source = self
            .storage
            .read_whole(&self.object, SOURCE_MAX_BYTES)
            .await;
        let source = source.map_err(|error| match error.code {
            "EntityTooLarge" => {
                StorageError::invalid_request("The source image file is too large to process")
            }
            _ => error,
        })?;
        let (transform, max_pixels) = (self.transform, images.max_pixels);
        let media_type = self.media_type;
        let made = move || {
            let _turn = turn;
            render::render(&source, &transform, max_pixels, media_type)
        };
        let made = tokio::task::spawn_blocking(made)
            .await
            .map_err(Error::internal)?;
        let bytes = Bytes::from(made?);
        images.cache.put(&self.key, &bytes).await;
        Ok(bytes)
    }
}
