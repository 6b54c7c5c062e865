//! Moving and copying.

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Routes,
    answer::json_answer,
    body,
    write::{X_METADATA, is_upsert, metadata_of},
};
use crate::storage::{Place, Result, StorageError};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transfer {
    bucket_id: String,
    source_key: String,
    destination_bucket: Option<String>,
    destination_key: String,
    copy_metadata: Option<bool>,
    metadata: Option<FileMetadata>,
    source_version_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileMetadata {
    cache_control: Option<String>,
}

impl Transfer {
    fn check(&self) -> Result<()> {
        match self.source_version_id {
            Some(_) => Err(StorageError::not_supported(
                "Former versions of files are not kept",
            )),
            None => Ok(()),
        }
    }

    fn from(&self) -> Place<'_> {
        Place {
            bucket: &self.bucket_id,
            name: &self.source_key,
        }
    }

    fn to(&self) -> Place<'_> {
        let bucket = self.destination_bucket.as_ref();
        Place {
            bucket: bucket.unwrap_or(&self.bucket_id),
            name: &self.destination_key,
        }
    }
}

/// `POST /object/move`
pub(super) async fn relocate(State(routes): State<Routes>, request: Request) -> Response {
    let moved = async {
        let (parts, body) = request.into_parts();
        let context = routes.writing(&parts).await?;
        let asked: Transfer = body::json(body).await?;
        asked.check()?;
        let moved = routes
            .storage()
            .relocate(&context.caller, asked.from(), asked.to())
            .await?;
        Ok(json!({"message": "Successfully moved", "Id": moved.id, "Key": moved.name}))
    };
    json_answer(moved.await)
}

/// `POST /object/copy`
pub(super) async fn copy(State(routes): State<Routes>, request: Request) -> Response {
    let copied = async {
        let (parts, body) = request.into_parts();
        let writer = routes.writer(&parts).await?;
        let asked: Transfer = body::json(body).await?;
        asked.check()?;
        let changed = changes(&asked, &parts.headers)?;
        let upsert = is_upsert(&parts.headers);
        let storage = routes.storage();
        let copy = storage
            .duplicate(writer, asked.from(), asked.to(), upsert, changed)
            .await?;
        Ok(json!({
            "Id": copy.id, "Key": format!("{}/{}", copy.bucket, copy.name),
            "id": copy.id, "name": copy.name, "bucket_id": copy.bucket,
        }))
    };
    json_answer(copied.await)
}

/// What is another at a copy, where it does not take all from its source.
fn changes(asked: &Transfer, headers: &HeaderMap) -> Result<(Option<String>, Option<Value>)> {
    if asked.copy_metadata.unwrap_or(true) {
        return Ok((None, None));
    }
    let cache_control = asked.metadata.as_ref();
    let cache_control = cache_control.and_then(|metadata| metadata.cache_control.clone());
    let own = headers
        .contains_key(X_METADATA)
        .then(|| metadata_of(headers));
    Ok((
        cache_control,
        Some(own.transpose()?.unwrap_or_else(|| json!({}))),
    ))
}
