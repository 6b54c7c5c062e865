//! Buckets.

use axum::{
    extract::{Request, State},
    response::Response,
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{
    Routes,
    answer::{json_answer, said},
    body,
    extract::{Path, Query},
};
use crate::storage::{BucketList, BucketSettings, Result, StorageError};

/// A bucket as clients write it. What is null is taken away; what is not there stays.
#[derive(Deserialize)]
struct Posted {
    id: Option<String>,
    name: Option<String>,
    public: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    file_size_limit: Option<Option<Size>>,
    #[serde(default, deserialize_with = "given")]
    allowed_mime_types: Option<Option<Vec<String>>>,
    r#type: Option<String>,
}

/// A size in bytes, or with its unit.
#[derive(Deserialize)]
#[serde(untagged)]
enum Size {
    Bytes(u64),
    Written(String),
}

fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Posted {
    fn settings(self) -> Result<BucketSettings> {
        if self.r#type.is_some_and(|kind| kind != "STANDARD") {
            return Err(StorageError::not_supported(
                "Buckets have the type STANDARD here",
            ));
        }
        let limit = match self.file_size_limit {
            None => None,
            Some(None) => Some(None),
            Some(Some(Size::Bytes(bytes))) => Some(Some(bytes)),
            Some(Some(Size::Written(text))) => Some(Some(size_of(&text)?)),
        };
        Ok(BucketSettings {
            public: self.public,
            file_size_limit: limit,
            allowed_mime_types: self.allowed_mime_types,
        })
    }
}

/// `20MB` and the like, in thousands as Supabase counts; a bare number is bytes.
fn size_of(text: &str) -> Result<u64> {
    let wrong = || {
        StorageError::invalid_request("Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B")
    };
    let lower = text.trim().to_ascii_lowercase();
    let units = [("gb", 1e9), ("mb", 1e6), ("kb", 1e3), ("b", 1.0), ("", 1.0)];
    let number = units.iter().find_map(|(unit, factor)| {
        let number: f64 = lower.strip_suffix(unit)?.trim().parse().ok()?;
        Some(number * factor)
    });
    let number = number.filter(|number| number.is_finite() && (0.0..1e15).contains(number));
    number.map(|number| number as u64).ok_or_else(wrong)
}

/// `GET /bucket`
pub(super) async fn list(
    State(routes): State<Routes>,
    Query(list): Query<BucketList>,
    request: Request,
) -> Response {
    let listed = async {
        let (parts, _) = request.into_parts();
        let context = routes.context(&parts).await?;
        Ok(Value::Array(
            routes
                .storage()
                .list_buckets(&context.caller, &list)
                .await?,
        ))
    };
    json_answer(listed.await)
}

/// `POST /bucket`
pub(super) async fn create(State(routes): State<Routes>, request: Request) -> Response {
    let created = async {
        let (parts, body) = request.into_parts();
        let context = routes.writing(&parts).await?;
        let posted: Posted = body::json(body).await?;
        let name = posted.id.clone().or_else(|| posted.name.clone());
        let name = name.ok_or_else(StorageError::invalid_bucket_name)?;
        let settings = posted.settings()?;
        routes
            .storage()
            .create_bucket(&context.caller, &name, &settings)
            .await?;
        Ok(json!({ "name": name }))
    };
    json_answer(created.await)
}

/// `GET /bucket/{bucket}`
pub(super) async fn show(
    State(routes): State<Routes>,
    Path(bucket): Path<String>,
    request: Request,
) -> Response {
    let shown = async {
        let (parts, _) = request.into_parts();
        let context = routes.context(&parts).await?;
        routes.storage().show_bucket(&context.caller, &bucket).await
    };
    json_answer(shown.await)
}

/// `PUT /bucket/{bucket}`
pub(super) async fn update(
    State(routes): State<Routes>,
    Path(bucket): Path<String>,
    request: Request,
) -> Response {
    let updated = async {
        let (parts, body) = request.into_parts();
        let context = routes.writing(&parts).await?;
        let settings = body::json::<Posted>(body).await?.settings()?;
        routes
            .storage()
            .update_bucket(&context.caller, &bucket, &settings)
            .await?;
        Ok(said("Successfully updated"))
    };
    json_answer(updated.await)
}

/// `DELETE /bucket/{bucket}`
pub(super) async fn delete(
    State(routes): State<Routes>,
    Path(bucket): Path<String>,
    request: Request,
) -> Response {
    let deleted = async {
        let (parts, _) = request.into_parts();
        let context = routes.writing(&parts).await?;
        routes
            .storage()
            .delete_bucket(&context.caller, &bucket)
            .await?;
        Ok(said("Successfully deleted"))
    };
    json_answer(deleted.await)
}

/// `POST /bucket/{bucket}/empty`: at once, as far as the caller may.
pub(super) async fn empty(
    State(routes): State<Routes>,
    Path(bucket): Path<String>,
    request: Request,
) -> Response {
    let emptied = async {
        let (parts, _) = request.into_parts();
        let context = routes.writing(&parts).await?;
        routes
            .storage()
            .empty_bucket(&context.caller, &bucket)
            .await?;
        Ok(said("Successfully emptied"))
    };
    json_answer(emptied.await)
}

/// `DELETE /cdn/…`: there is no network of caches in front of this server that it could empty.
pub(super) async fn no_cache(State(routes): State<Routes>, request: Request) -> Response {
    let refused = async {
        let (parts, _) = request.into_parts();
        routes.context(&parts).await?;
        let message =
            "There is no cache in front of this server: a file that is replaced is another at once";
        Err(StorageError::not_supported(message))
    };
    json_answer(refused.await)
}
