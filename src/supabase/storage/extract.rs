//! What an address says, refused as everything else here is refused.

use axum::{
    extract::{FromRequestParts, rejection::PathRejection},
    http::request::Parts,
    response::Response,
};
use serde::de::DeserializeOwned;

use super::answer::refusal;
use crate::storage::StorageError;

/// The steps of an address that are parameters.
pub(super) struct Path<T>(pub(super) T);

/// What follows its question mark.
pub(super) struct Query<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) => Ok(Path(path)),
            Err(PathRejection::FailedToDeserializePathParams(_)) => {
                Err(refusal(&StorageError::invalid_key("it is no UTF-8")))
            }
            Err(rejection) => Err(refusal(&StorageError::invalid_request(
                rejection.body_text(),
            ))),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let query = axum::extract::Query::from_request_parts(parts, state).await;
        match query {
            Ok(axum::extract::Query(query)) => Ok(Query(query)),
            Err(rejection) => Err(refusal(&StorageError::invalid_request(
                rejection.body_text(),
            ))),
        }
    }
}
