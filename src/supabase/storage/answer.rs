//! Answers, and refusals as Supabase's clients know them.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    http::set_status,
    storage::{Result, StorageError},
};

/// The answer that something made, or its refusal.
pub(super) fn answer<T: IntoResponse>(done: Result<T>) -> Response {
    match done {
        Ok(done) => done.into_response(),
        Err(error) => refusal(&error),
    }
}

/// The same of JSON.
pub(super) fn json_answer(done: Result<Value>) -> Response {
    answer(done.map(Json))
}

/// A refusal: what it is says `statusCode`; most have the status 400, as Supabase's.
pub(super) fn refusal(error: &StorageError) -> Response {
    let body = json!({
        "statusCode": error.status.to_string(),
        "error": error.error,
        "code": error.code,
        "message": error.message,
    });
    let status = match error.status {
        status @ (408 | 416 | 429 | 500..) => status,
        _ => 400,
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(body)).into_response();
    if let (Some(cause), 429 | 500..) = (&error.cause, error.status) {
        set_status(&mut response, cause);
    }
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

/// A sentence that says what was done.
pub(super) fn said(message: &str) -> Value {
    json!({ "message": message })
}
