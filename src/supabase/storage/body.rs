//! Bodies of requests: JSON, or the bytes of a file.

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;

use crate::{
    http::server::body::TimedOut,
    storage::{Result, StorageError},
};

/// The largest body that is JSON: a thousand names of 1,024 bytes fit.
const JSON_MAX_BYTES: usize = 2 << 20;

/// A body of JSON; an empty one is an empty object.
pub(super) async fn json<T: DeserializeOwned>(body: Body) -> Result<T> {
    let body = axum::body::to_bytes(body, JSON_MAX_BYTES)
        .await
        .map_err(|error| {
            if TimedOut::caused(&error) {
                StorageError::too_slow()
            } else {
                StorageError::body("The body broke off, or is larger than it may be")
            }
        })?;
    let body: &[u8] = if body.trim_ascii().is_empty() {
        b"{}"
    } else {
        &body
    };
    serde_json::from_slice(body)
        .map_err(|error| StorageError::invalid_request(format!("body: {error}")))
}

/// The bytes of a body as they come.
pub(super) fn bytes(body: Body) -> impl Stream<Item = Result<Bytes>> + Send + Unpin {
    body.into_data_stream()
        .map(|chunk| chunk.map_err(|error| broken(&error)))
}

/// Why a body ended too early.
pub(super) fn broken(error: &(dyn std::error::Error + 'static)) -> StorageError {
    if TimedOut::caused(error) {
        StorageError::too_slow()
    } else {
        StorageError::body("The body broke off")
    }
}
