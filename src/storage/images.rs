//! Images in other sizes: made when they are asked for, and kept on disk within a limit.

mod cache;
mod render;

use std::{ops::RangeInclusive, path::Path};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use self::cache::Cache;
use super::{Object, Result, Storage, StorageError};
use crate::error::{Code, Error};

/// The widest and highest image that is made, in pixels.
const SIDE_MAX: u32 = 2_500;
const QUALITIES: RangeInclusive<u8> = 20..=100;
/// The largest file of which another size is made.
const SOURCE_MAX_BYTES: u64 = 32 << 20;
/// How many are made at once: each has all of its pixels in memory.
const AT_ONCE_MAX: usize = 2;

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
    at_once: Semaphore,
    max_pixels: u64,
}

impl Images {
    pub(super) fn new(cache_dir: &Path, max_pixels: u64, cache_bytes: u64) -> Self {
        Images {
            cache: Cache::new(cache_dir.join("images"), cache_bytes),
            at_once: Semaphore::new(AT_ONCE_MAX),
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
    /// An image in another size.
    ///
    /// # Errors
    /// When the file is no image that this server reads, or has too many pixels or bytes.
    pub async fn render(&self, object: &Object, transform: &Transform) -> Result<Rendered> {
        transform.check()?;
        let images = self.images();
        let digest = transform.digest(object);
        let media_type = render::media_type(&object.metadata.mimetype, transform.format)?;
        let e_tag = format!("\"{digest}\"");
        if let Some(bytes) = images.cache.get(object.version, &digest).await {
            return Ok(Rendered {
                bytes,
                media_type,
                e_tag,
            });
        }
        let permit = images.at_once.acquire().await;
        let _permit = permit.map_err(|_| Error::new(Code::Unavailable, "The server stops"))?;
        let source = self
            .read_whole(object, SOURCE_MAX_BYTES)
            .await
            .map_err(|error| {
                if error.code == "EntityTooLarge" {
                    StorageError::invalid_request("The source image file is too large to process")
                } else {
                    error
                }
            })?;
        let (transform, max_pixels) = (transform.clone(), images.max_pixels);
        let made = move || render::render(&source, &transform, max_pixels, media_type);
        let made = tokio::task::spawn_blocking(made)
            .await
            .map_err(Error::internal)?;
        let bytes = Bytes::from(made?);
        images.cache.put(object.version, &digest, &bytes).await;
        Ok(Rendered {
            bytes,
            media_type,
            e_tag,
        })
    }
}
