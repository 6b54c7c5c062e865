//! Uploads as forms: fields that tell about the file come before it.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use bytes::Bytes;
use futures_util::Stream;
use multer::{Constraints, Field, Multipart, SizeLimit};

use super::body::{broken, bytes};
use crate::storage::{Result, StorageError};

/// A field that is no file.
const FIELD_MAX_BYTES: u64 = 1 << 20;
const FIELDS_MAX: usize = 10;

/// A form of which the file is to be read.
pub(super) struct Form {
    parts: Multipart<'static>,
    /// What caches are told.
    pub(super) cache_control: String,
    /// What its sender says about the file, as JSON.
    pub(super) metadata: Option<String>,
    /// Its type, where a field says it.
    pub(super) content_type: Option<String>,
}

/// The file of a form.
pub(super) struct FormFile(Field<'static>);

impl Form {
    /// Whether a request has one.
    pub(super) fn is_in(headers: &HeaderMap) -> bool {
        let kind = headers.get(header::CONTENT_TYPE);
        kind.is_some_and(|kind| {
            let kind = kind.as_bytes();
            let form = b"multipart/form-data";
            kind.get(..form.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(form))
        })
    }

    /// Reads what comes before the file.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<(Self, FormFile)> {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        let boundary = multer::parse_boundary(kind.unwrap_or_default())
            .map_err(|_| StorageError::invalid_request("The form names no boundary"))?;
        let limits = SizeLimit::new()
            .for_field("cacheControl", FIELD_MAX_BYTES)
            .for_field("metadata", FIELD_MAX_BYTES)
            .for_field("userMetadata", FIELD_MAX_BYTES)
            .for_field("contentType", FIELD_MAX_BYTES);
        let constraints = Constraints::new().size_limit(limits);
        let sips = Sips {
            stream: bytes(body),
            drunk: false,
        };
        let mut form = Form {
            parts: Multipart::with_constraints(sips, boundary, constraints),
            cache_control: "no-cache".to_owned(),
            metadata: None,
            content_type: None,
        };
        for _ in 0..FIELDS_MAX {
            let Some(field) = form.parts.next_field().await.map_err(refused)? else {
                break;
            };
            let name = field.name().unwrap_or_default().to_owned();
            match name.as_str() {
                "cacheControl" => {
                    let seconds = field.text().await.map_err(refused)?;
                    form.cache_control = format!("max-age={}", seconds.trim());
                }
                "metadata" | "userMetadata" => {
                    form.metadata = Some(field.text().await.map_err(refused)?);
                }
                "contentType" => form.content_type = Some(field.text().await.map_err(refused)?),
                _ => {
                    let kind = field.content_type().map(ToString::to_string);
                    form.content_type = form.content_type.or(kind);
                    return Ok((form, FormFile(field)));
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

fn refused(error: multer::Error) -> StorageError {
    match error {
        multer::Error::StreamReadFailed(source) => match source.downcast::<StorageError>() {
            Ok(error) => *error,
            Err(source) => broken(&*source),
        },
        multer::Error::FieldSizeExceeded { .. } => StorageError::too_large(),
        multer::Error::IncompleteStream
        | multer::Error::IncompleteFieldData { .. }
        | multer::Error::IncompleteHeaders => StorageError::body("The body broke off"),
        error => StorageError::invalid_request(format!("The form cannot be read: {error}")),
    }
}

/// A stream that pauses after each item: a reader that takes all that is there does not take all at once.
struct Sips<S> {
    stream: S,
    drunk: bool,
}

impl<S: Stream + Unpin> Stream for Sips<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if self.drunk {
            self.drunk = false;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = Pin::new(&mut self.stream).poll_next(context);
        self.drunk = next.is_ready();
        next
    }
}
