//! What a client gets: the bytes of one JSON object.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;
use serde_json::{Value, json};

use crate::error::{Code, Error};

/// The answer to one request, encoded.
#[derive(Debug, Clone)]
pub struct Response {
    /// The whole JSON object: `data`, `errors`, `extensions`.
    pub body: Bytes,
    /// The code of the error that kept the operation from being run at all, where there is one:
    /// the object has no `data` then.
    pub request_error: Option<Code>,
}

/// The answers of a subscription, in order.
pub type ResponseStream = Pin<Box<dyn Stream<Item = Response> + Send>>;

impl Response {
    /// An answer whose operation ran (`body` has `data`, perhaps `null`).
    pub fn ran(body: impl Into<Bytes>) -> Self {
        Response {
            body: body.into(),
            request_error: None,
        }
    }

    /// The answer to a request that was refused before anything ran.
    pub fn refused(errors: &[Error]) -> Self {
        let code = errors.first().map_or(Code::Internal, Error::code);
        let errors: Vec<Value> = errors
            .iter()
            .map(|error| json!({"message": error.message(), "extensions": error.extensions()}))
            .collect();
        Response {
            body: json!({ "errors": errors }).to_string().into(),
            request_error: Some(code),
        }
    }
}
