//! What a client gets: the bytes of one JSON object.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;
use serde_json::{Value, json};

use super::validation::DocumentError;
use crate::{
    engine::{encode::Fields, execute::Answer},
    error::{Code, Error, Result},
    rates::Unread,
};

/// The answer to one request, encoded.
#[derive(Debug, Clone)]
pub struct Response {
    /// The whole JSON object: `data`, `errors`, `extensions`.
    pub body: Bytes,
    /// The code of the error that kept the operation from being run at all, where there is one:
    /// the object has no `data` then.
    pub request_error: Option<Code>,
    /// Why nothing came of the operation, where that passes by itself.
    pub passing: Option<Passing>,
    /// Whether it tells of something that has been done, and must be given therefore.
    pub is_of_change: bool,
    /// Counts the body until it is read, where it is large.
    pub unread: Option<Unread>,
}

/// An error that passes by itself: RATE_LIMITED, TIMEOUT, UNAVAILABLE.
#[derive(Debug, Clone, Copy)]
pub struct Passing {
    /// Which of them.
    pub code: Code,
    /// When to try again, where somebody knows.
    pub retry_after_ms: Option<u64>,
}

impl Passing {
    fn of(error: &Error) -> Option<Self> {
        error.code().passes().then(|| Passing {
            code: error.code(),
            retry_after_ms: error.retry_after_ms(),
        })
    }
}

/// The answers of a subscription, in order.
pub type ResponseStream = Pin<Box<dyn Stream<Item = Response> + Send>>;

impl Response {
    /// An answer whose operation ran (`body` has `data`, perhaps `null`).
    pub fn ran(body: impl Into<Bytes>) -> Self {
        Response {
            body: body.into(),
            request_error: None,
            passing: None,
            is_of_change: false,
            unread: None,
        }
    }

    /// The answer to a request that was refused before anything ran.
    pub fn refused(errors: &[Error]) -> Self {
        let code = errors.first().map_or(Code::Internal, Error::code);
        let passing = errors.first().and_then(Passing::of);
        let errors: Vec<Value> = errors
            .iter()
            .map(|error| json!({"message": error.message(), "extensions": error.extensions()}))
            .collect();
        Response {
            request_error: Some(code),
            passing,
            ..Response::ran(json!({ "errors": errors }).to_string())
        }
    }
}

impl Response {
    /// The body, which counts as unread until it is written.
    pub fn into_body(self) -> Bytes {
        Unread::bytes(self.body, self.unread.into_iter().collect())
    }
}

/// The answer of an operation that ran.
pub fn encode(answer: Answer) -> Response {
    let mut body = Vec::with_capacity(answer.data.as_ref().map_or(64, Vec::len) + 16);
    body.extend_from_slice(b"{\"data\":");
    body.extend_from_slice(answer.data.as_deref().unwrap_or(b"null"));
    if !answer.errors.is_empty() {
        let errors: Vec<Value> = answer
            .errors
            .iter()
            .map(|failed| {
                json!({
                    "message": failed.error.message(),
                    "locations": [{"line": failed.position.line, "column": failed.position.column}],
                    "path": [failed.key],
                    "extensions": failed.error.extensions(),
                })
            })
            .collect();
        body.extend_from_slice(b",\"errors\":");
        body.extend_from_slice(Value::from(errors).to_string().as_bytes());
    }
    body.push(b'}');
    let failed = answer.errors.first().filter(|_| answer.data.is_none());
    Response {
        passing: failed.and_then(|failed| Passing::of(&failed.error)),
        ..Response::ran(body)
    }
}

/// The body of an answer of a subscription: the object of one field, whose value is written by `value`.
///
/// # Errors
/// Those of `value`.
pub fn encode_event(
    root: &Fields<()>,
    mut value: impl FnMut(&mut Vec<u8>) -> Result<()>,
) -> Result<Bytes> {
    let mut body = Vec::with_capacity(256);
    body.extend_from_slice(b"{\"data\":");
    root.write(&mut body, |(), body| value(body))?;
    body.push(b'}');
    Ok(body.into())
}

/// The answer to a document that is not valid.
pub fn refuse_document(faults: &[DocumentError]) -> Response {
    let errors: Vec<Value> = faults
        .iter()
        .map(|fault| {
            let locations = fault.locations.iter();
            let locations: Vec<Value> = locations
                .map(|(line, column)| json!({"line": line, "column": column}))
                .collect();
            let mut error =
                json!({"message": fault.error.message(), "extensions": fault.error.extensions()});
            if !locations.is_empty() {
                error["locations"] = locations.into();
            }
            error
        })
        .collect();
    Response {
        request_error: Some(
            faults
                .first()
                .map_or(Code::Internal, |fault| fault.error.code()),
        ),
        ..Response::ran(json!({ "errors": errors }).to_string())
    }
}
