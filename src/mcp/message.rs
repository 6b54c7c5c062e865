//! What is said of a body that is no message of the protocol, in the words of JSON-RPC.

use std::error::Error as _;

use axum::{
    Json,
    body::{Body, Bytes},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::de::IgnoredAny;
use serde_json::json;

const PARSE_ERROR: i32 = -32_700;
const INVALID_REQUEST: i32 = -32_600;

/// A request's body, of so many bytes at most.
///
/// # Errors
/// The answer to one that is too large, or does not arrive.
pub(super) async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Response> {
    axum::body::to_bytes(body, bytes_max)
        .await
        .map_err(|error| {
            let is_too_large = error
                .source()
                .is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>());
            match is_too_large {
                true => {
                    let said = format!("The message is larger than {bytes_max} bytes");
                    refused(StatusCode::PAYLOAD_TOO_LARGE, INVALID_REQUEST, &said)
                }
                false => refused(
                    StatusCode::BAD_REQUEST,
                    PARSE_ERROR,
                    "The message broke off",
                ),
            }
        })
}

/// The answer to a body that the protocol's library could not read: it calls what is no message a wrong media type.
pub(super) fn unreadable(body: &[u8]) -> Response {
    let (code, said) = match serde_json::from_slice::<IgnoredAny>(body) {
        Err(error) => (PARSE_ERROR, format!("The body is no JSON: {error}")),
        Ok(_) => (
            INVALID_REQUEST,
            "The body is no message of JSON-RPC 2.0, one of which is a request".to_owned(),
        ),
    };
    refused(StatusCode::BAD_REQUEST, code, &said)
}

fn refused(status: StatusCode, code: i32, said: &str) -> Response {
    let body = json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": said}});
    (status, Json(body)).into_response()
}
