//! Why something is refused, in the words of Supabase's server.

use crate::error::{Code, Error};

/// A refusal, rendered as `Code: text`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {text}")]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) text: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Refusal {
            code,
            text: text.into(),
        }
    }

    /// A token that is not believed.
    pub(super) fn token(token: &str, error: &Error) -> Self {
        if error.code() != Code::Unauthenticated {
            return Refusal::from(error);
        }
        if jsonwebtoken::decode_header(token).is_err() {
            return Refusal::new("MalformedJWT", "The token provided is not a valid JWT");
        }
        Refusal::new("InvalidJWTToken", error.message())
    }

    pub(super) fn no_read(topic: &str) -> Self {
        Refusal::new(
            "Unauthorized",
            format!("You do not have permissions to read from this Channel topic: {topic}"),
        )
    }

    pub(super) fn no_write(topic: &str) -> Self {
        Refusal::new(
            "Unauthorized",
            format!("You do not have permissions to write to this Channel topic: {topic}"),
        )
    }
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let code = match error.code() {
            Code::Unauthenticated | Code::Forbidden => "Unauthorized",
            Code::Unavailable | Code::Timeout => "UnableToConnectToProject",
            Code::LimitExceeded | Code::RateLimited => "LimitExceeded",
            _ => "UnknownErrorOnChannel",
        };
        Refusal::new(code, error.message())
    }
}
