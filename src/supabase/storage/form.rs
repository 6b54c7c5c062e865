//! Uploads as forms: fields that tell about the file come before it.

use axum::{body::Body, http::HeaderMap};
use bytes::Bytes;

use crate::{
    http::multipart::{FormError, FormPart, FormParts, is_form},
    storage::{Result, StorageError},
};

/// A field that is no file.
const FIELD_MAX_BYTES: u64 = 1 << 20;
const FIELDS_MAX: usize = 10;

/// A form of which the file is to be read.
pub(super) struct Form {
    parts: FormParts,
    /// What caches are told.
    pub(super) cache_control: String,
    /// What its sender says about the file, as JSON.
    pub(super) metadata: Option<String>,
    /// Its type, where a field says it.
    pub(super) content_type: Option<String>,
}

/// The file of a form.
pub(super) struct FormFile(FormPart);

impl Form {
    /// Whether a request has one.
    pub(super) fn is_in(headers: &HeaderMap) -> bool {
        is_form(headers)
    }

    /// Reads what comes before the file.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<(Self, FormFile)> {
        let mut form = Form {
            parts: FormParts::new(headers, body).map_err(refused)?,
            cache_control: "no-cache".to_owned(),
            metadata: None,
            content_type: None,
        };
        for _ in 0..FIELDS_MAX {
            let Some(part) = form.parts.next().await.map_err(refused)? else {
                break;
            };
            let name = part.name().to_owned();
            match name.as_str() {
                "cacheControl" => {
                    form.cache_control = format!("max-age={}", text(part).await?.trim());
                }
                "metadata" | "userMetadata" => form.metadata = Some(text(part).await?),
                "contentType" => form.content_type = Some(text(part).await?),
                _ => {
                    form.content_type = form.content_type.or(part.content_type());
                    return Ok((form, FormFile(part)));
                }
            }
        }
        Err(StorageError::invalid_request("No content provided"))
    }
}

impl FormFile {
    /// The next bytes of the file.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        self.0.chunk().await.map_err(refused)
    }
}

/// A field that is no file.
async fn text(part: FormPart) -> Result<String> {
    let whole = part.whole(FIELD_MAX_BYTES).await.map_err(refused)?;
    Ok(String::from_utf8_lossy(&whole).into_owned())
}

fn refused(error: FormError) -> StorageError {
    match error {
        FormError::TimedOut => StorageError::too_slow(),
        FormError::TooLarge => StorageError::too_large(),
        FormError::BrokeOff => StorageError::body("The body broke off"),
        error => StorageError::invalid_request(error.to_string()),
    }
}
