//! Uploads that can be resumed, by the protocol tus 1.0, at `/upload/resumable` and, with a signature instead of a
//! token, at `/upload/resumable/sign`.

mod metadata;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::DateTime;
use serde_json::json;
use uuid::Uuid;

use self::metadata::Metadata;
use super::{Routes, asset::date_of, body, extract::Path, write::is_upsert};
use crate::storage::{NewFile, Result, Resumable, Resumer, StorageError, Writer};

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const X_HTTP_METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");
const X_SIGNATURE: HeaderName = HeaderName::from_static("x-signature");

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const BYTES: &str = "application/offset+octet-stream";

/// Where uploads are begun.
pub(super) const PATH: &str = "/storage/v1/upload/resumable";
/// The same for those who have a signature.
pub(super) const SIGNED_PATH: &str = "/storage/v1/upload/resumable/sign";

/// What is asked of uploads as such: what the server can do, or a new one.
pub(super) async fn collection(State(routes): State<Routes>, request: Request) -> Response {
    match *request.method() {
        Method::POST => answer(routes.begin(request).await),
        _ => answer(Err(not_allowed())),
    }
}

/// What is asked of an upload.
pub(super) async fn upload(
    State(routes): State<Routes>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    answer(routes.act(&id, request).await)
}

fn answer(done: Result<Response>) -> Response {
    let mut response = done.unwrap_or_else(|error| {
        // The protocol's own statuses, which its clients know; the body says the same as elsewhere.
        let status = StatusCode::from_u16(error.status);
        let mut refused = super::answer::refusal(&error);
        *refused.status_mut() = status.unwrap_or(StatusCode::BAD_REQUEST);
        if error.status == 412 {
            refused.headers_mut().insert(TUS_VERSION, VERSION);
        }
        refused
    });
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    with_version(response)
}

fn with_version(mut response: Response) -> Response {
    response.headers_mut().insert(TUS_RESUMABLE, VERSION);
    response
}

fn not_allowed() -> StorageError {
    let mut error = StorageError::invalid_request("There is no such operation of uploads");
    error.status = 405;
    error
}

fn of_status(status: u16, message: &'static str) -> StorageError {
    let mut error = StorageError::invalid_request(message);
    error.status = status;
    error
}

impl Routes {
    /// Begins an upload; its bytes may come with the request.
    async fn begin(&self, request: Request) -> Result<Response> {
        let (parts, body) = request.into_parts();
        check_version(&parts)?;
        let size = number(&parts.headers, &UPLOAD_LENGTH)
            .ok_or_else(|| of_status(400, "Upload-Length must say how large the file is"))?;
        let metadata = parts.headers.get(UPLOAD_METADATA);
        let metadata = Metadata::read(metadata.and_then(|value| value.to_str().ok()))?;
        let mut file = NewFile {
            bucket: metadata.bucket,
            name: metadata.name,
            upsert: is_upsert(&parts.headers),
            content_type: metadata.content_type,
            cache_control: metadata.cache_control,
            user_metadata: metadata.user_metadata.unwrap_or_else(|| json!({})),
            size_bytes: Some(size),
        };
        let is_signed = parts.uri.path().starts_with(SIGNED_PATH);
        let (writer, who) = if is_signed {
            self.storage().check_ours()?;
            let share = self.count_nobody(&parts)?;
            let token = signature(&parts)?;
            let signed = self
                .storage()
                .signed_writer(share, &token, &file.bucket, &file.name);
            let (writer, upsert) = signed.await?;
            file.upsert = upsert;
            (writer, Resumer::Signature { token, share })
        } else {
            let context = self.writing(&parts).await?;
            let writer: Writer = self.storage().writer(&context.caller);
            let caller = Arc::clone(&context.caller);
            (writer, Resumer::Caller { caller, key: None })
        };
        let begun = self
            .storage()
            .begin_resumable(&writer, file, is_signed)
            .await?;
        let version = begun.version;
        let who = match who {
            Resumer::Caller { caller, .. } => Resumer::Caller {
                caller,
                key: begun.key.clone(),
            },
            signed => signed,
        };
        let key = begun.key.as_ref();
        let key = key.map(|key| format!(".{key}")).unwrap_or_default();
        let stands = if has_bytes(&parts.headers) || size == 0 {
            self.receive(version, who, 0, &parts.headers, body).await?
        } else {
            begun
        };
        let path = if is_signed { SIGNED_PATH } else { PATH };
        let mut response = standing(StatusCode::CREATED, &stands);
        // Below where the client came in, whatever is in front of this server.
        if let Ok(location) = HeaderValue::from_str(&format!("{path}/{version}{key}")) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        Ok(response)
    }

    /// Goes on with an upload, gives it up, or says how it stands.
    async fn act(&self, id: &str, request: Request) -> Result<Response> {
        let (parts, body) = request.into_parts();
        check_version(&parts)?;
        let (version, key) = match id.split_once('.') {
            Some((version, key)) => (version, Some(key.to_owned())),
            None => (id, None),
        };
        let version: Uuid = version
            .parse()
            .map_err(|_| StorageError::no_such_upload())?;
        let who = if parts.uri.path().starts_with(SIGNED_PATH) {
            self.storage().check_ours()?;
            let share = self.count_nobody(&parts)?;
            let token = signature(&parts)?;
            Resumer::Signature { token, share }
        } else {
            let context = self.writing(&parts).await?;
            let caller = Arc::clone(&context.caller);
            Resumer::Caller { caller, key }
        };
        let instead = parts.headers.get(X_HTTP_METHOD_OVERRIDE);
        let method = instead.map_or(parts.method.as_str(), |method| {
            method.to_str().unwrap_or_default()
        });
        match method {
            "HEAD" | "GET" => {
                let stands = self.storage().resumable(version, &who).await?;
                let mut response = standing(StatusCode::OK, &stands);
                response
                    .headers_mut()
                    .insert(UPLOAD_LENGTH, HeaderValue::from(stands.size));
                Ok(response)
            }
            "PATCH" => {
                if !has_bytes(&parts.headers) {
                    return Err(of_status(
                        415,
                        "Content-Type must be application/offset+octet-stream",
                    ));
                }
                let offset = number(&parts.headers, &UPLOAD_OFFSET).ok_or_else(|| {
                    of_status(400, "Upload-Offset must say where the bytes begin")
                })?;
                let stands = self
                    .receive(version, who, offset, &parts.headers, body)
                    .await?;
                Ok(standing(StatusCode::NO_CONTENT, &stands))
            }
            "DELETE" => {
                self.storage().give_up_resumable(version, &who).await?;
                Ok(StatusCode::NO_CONTENT.into_response())
            }
            _ => Err(not_allowed()),
        }
    }

    /// Takes bytes, in a task of its own: what arrived of them is kept when the client's connection is lost.
    async fn receive(
        &self,
        version: Uuid,
        who: Resumer,
        offset: u64,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Resumable> {
        let sum = checksum(headers)?;
        let storage = self.storage().clone();
        let received = tokio::spawn(async move {
            let bytes = body::bytes(body);
            storage.resume(version, &who, offset, sum, bytes).await
        });
        let received = received.await;
        received.map_err(|error| StorageError::from(crate::error::Error::internal(error)))?
    }
}

/// How an upload stands, as headers.
fn standing(status: StatusCode, upload: &Resumable) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(UPLOAD_OFFSET, HeaderValue::from(upload.offset));
    let expires = upload
        .expires_s
        .and_then(|at| DateTime::from_timestamp(at, 0));
    if let Some(Ok(expires)) = expires.map(|at| HeaderValue::from_str(&date_of(at))) {
        headers.insert(UPLOAD_EXPIRES, expires);
    }
    response
}

/// A client of another version of the protocol would take answers for what they are not.
fn check_version(parts: &Parts) -> Result<()> {
    match parts.headers.get(TUS_RESUMABLE) {
        Some(version) if version == VERSION => Ok(()),
        _ => Err(of_status(412, "Tus-Resumable must be 1.0.0")),
    }
}

fn signature(parts: &Parts) -> Result<String> {
    let token = parts
        .headers
        .get(X_SIGNATURE)
        .and_then(|token| token.to_str().ok());
    let token = token.map(str::to_owned);
    token.ok_or_else(|| StorageError::invalid_signature("Missing x-signature header"))
}

fn has_bytes(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == BYTES)
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// The SHA-1 of the bytes that come, where that is said.
fn checksum(headers: &HeaderMap) -> Result<Option<[u8; 20]>> {
    let Some(value) = headers.get(UPLOAD_CHECKSUM) else {
        return Ok(None);
    };
    let wrong = || {
        of_status(
            400,
            "Upload-Checksum must be sha1, a space, and the sum in base64",
        )
    };
    let sum = value
        .to_str()
        .ok()
        .and_then(|value| value.strip_prefix("sha1 "));
    let sum = BASE64_STANDARD
        .decode(sum.ok_or_else(wrong)?)
        .map_err(|_| wrong())?;
    sum.try_into().map(Some).map_err(|_| wrong())
}
