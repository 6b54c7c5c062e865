//! Uploads: of the caller, and of whoever has a signature.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, header, request::Parts},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Routes,
    answer::json_answer,
    body,
    extract::{Path, Query},
    form::Form,
};
use crate::storage::{NewFile, Result, StorageError, Stored, Writer};

pub(super) const X_UPSERT: HeaderName = HeaderName::from_static("x-upsert");
pub(super) const X_METADATA: HeaderName = HeaderName::from_static("x-metadata");

#[derive(Deserialize)]
pub(super) struct Token {
    #[serde(default)]
    pub(super) token: String,
}

/// `POST /object/{bucket}/{name}`: a new file, or with `x-upsert` one in place of another.
pub(super) async fn create(
    State(routes): State<Routes>,
    Path(place): Path<(String, String)>,
    request: Request,
) -> Response {
    let upsert = is_upsert(request.headers());
    json_answer(by_caller(&routes, place, request, upsert).await)
}

/// `PUT /object/{bucket}/{name}`: a file in place of another, if there is one.
pub(super) async fn replace(
    State(routes): State<Routes>,
    Path(place): Path<(String, String)>,
    request: Request,
) -> Response {
    json_answer(by_caller(&routes, place, request, true).await)
}

async fn by_caller(
    routes: &Routes,
    place: (String, String),
    request: Request,
    upsert: bool,
) -> Result<Value> {
    let (parts, body) = request.into_parts();
    let context = routes.writing(&parts).await?;
    let writer = routes.storage().writer(&context.caller);
    let stored = receive(routes, writer, place, upsert, &parts, body).await?;
    Ok(json!({"Id": stored.id, "Key": format!("{}/{}", stored.bucket, stored.name)}))
}

/// `PUT /object/upload/sign/{bucket}/{name}?token=`: the token says whose file it will be.
pub(super) async fn signed(
    State(routes): State<Routes>,
    Path(place): Path<(String, String)>,
    Query(Token { token }): Query<Token>,
    request: Request,
) -> Response {
    let written = async {
        routes.storage().check_ours()?;
        let (parts, body) = request.into_parts();
        let share = routes.count_nobody(&parts)?;
        let signed = routes
            .storage()
            .signed_writer(share, &token, &place.0, &place.1);
        let (writer, upsert) = signed.await?;
        let stored = receive(&routes, writer, place, upsert, &parts, body).await?;
        Ok(json!({"Id": stored.id, "Key": format!("{}/{}", stored.bucket, stored.name)}))
    };
    json_answer(written.await)
}

/// Takes the file of a request, raw or in a form.
async fn receive(
    routes: &Routes,
    writer: Writer,
    (bucket, name): (String, String),
    upsert: bool,
    parts: &Parts,
    body: Body,
) -> Result<Stored> {
    let storage = routes.storage();
    let mut file = NewFile {
        bucket,
        name: name.trim_start_matches('/').to_owned(),
        upsert,
        content_type: None,
        cache_control: "no-cache".to_owned(),
        user_metadata: json!({}),
        size_bytes: None,
    };
    if Form::is_in(&parts.headers) {
        let (form, mut bytes) = Form::read(&parts.headers, body).await?;
        file.content_type = form.content_type.clone();
        file.cache_control = form.cache_control.clone();
        file.user_metadata = user_metadata(form.metadata.as_deref());
        let mut upload = storage.upload(writer, file).await?;
        while let Some(bytes) = bytes.next().await? {
            upload.write(bytes).await?;
        }
        return upload.finish().await;
    }
    let text = |name| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    file.content_type = text(header::CONTENT_TYPE).map(str::to_owned);
    file.cache_control = text(header::CACHE_CONTROL).unwrap_or("no-cache").to_owned();
    file.user_metadata = metadata_of(&parts.headers)?;
    file.size_bytes = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let mut upload = storage.upload(writer, file).await?;
    let mut bytes = body::bytes(body);
    while let Some(bytes) = bytes.next().await {
        upload.write(bytes?).await?;
    }
    upload.finish().await
}

pub(super) fn is_upsert(headers: &HeaderMap) -> bool {
    headers.get(X_UPSERT).is_some_and(|value| value == "true")
}

/// What a sender says about a file, in a header.
pub(super) fn metadata_of(headers: &HeaderMap) -> Result<Value> {
    let Some(value) = headers.get(X_METADATA) else {
        return Ok(json!({}));
    };
    let wrong = || StorageError::invalid_request("x-metadata must be a JSON object in base64");
    let json = BASE64_STANDARD
        .decode(value.as_bytes())
        .map_err(|_| wrong())?;
    let json: Value = serde_json::from_slice(&json).map_err(|_| wrong())?;
    json.is_object().then_some(json).ok_or_else(wrong)
}

/// The same in a field; what is no object is passed over, as Supabase's server does.
pub(super) fn user_metadata(json: Option<&str>) -> Value {
    let read = json.and_then(|json| serde_json::from_str::<Value>(json).ok());
    read.filter(Value::is_object).unwrap_or_else(|| json!({}))
}

impl Routes {
    /// What writes for the caller of a request.
    pub(super) async fn writer(&self, parts: &Parts) -> Result<Writer> {
        let context = self.writing(parts).await?;
        Ok(self.storage().writer(&Arc::clone(&context.caller)))
    }
}
