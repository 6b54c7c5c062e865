//! The id of a request: what the lines of the log, the answer, and a fault that the client reports have in common.
//!
//! It belongs to the task that works on the request, not to a span of `tracing`: a span would be made, kept and
//! entered for every request, though few of them log anything.

use axum::http::{HeaderName, HeaderValue};
use bytes::Bytes;
use tokio::task::futures::TaskLocalFuture;
use uuid::Uuid;

/// The header that carries it, both ways.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A longer one of a caller is not taken over.
const MAX_BYTES: usize = 128;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id: visible ASCII without quotes. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// A new one, a UUID of version 7: later ones sort behind earlier ones.
    pub fn generate() -> Self {
        let mut text = Uuid::encode_buffer();
        let text = Uuid::now_v7().hyphenated().encode_lower(&mut text);
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        // Hexadecimal digits and hyphens are a header's value always.
        let value = HeaderValue::from_maybe_shared(bytes);
        RequestId(value.unwrap_or(HeaderValue::from_static("none")))
    }

    /// The one that a caller sent, if the log can be trusted with it: up to 128 letters, digits and `-_.:=+/@~`.
    pub fn sent(value: &HeaderValue) -> Option<Self> {
        let is_safe = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:=+/@~".contains(byte);
        let bytes = value.as_bytes();
        let fits = !bytes.is_empty() && bytes.len() <= MAX_BYTES;
        (fits && bytes.iter().all(is_safe)).then(|| RequestId(value.clone()))
    }

    /// That of the request that this task works on.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// The same, or a new one for work that no request asked for.
    pub fn current_or_new() -> Self {
        Self::current().unwrap_or_else(Self::generate)
    }

    /// Work that is done for this request.
    pub fn scope<F: Future>(self, work: F) -> TaskLocalFuture<Self, F> {
        CURRENT.scope(self, work)
    }

    /// The same, done here and now.
    pub fn in_scope<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// As a header's value.
    pub fn into_header(self) -> HeaderValue {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_forge_a_line_of_the_log_is_not_taken_over() {
        let sent = |text: &[u8]| {
            let id = RequestId::sent(&HeaderValue::from_bytes(text).unwrap());
            id.map(|id| id.as_str().to_owned())
        };
        for good in [
            "a",
            "Root=1-67891233-abcdef012345678912345678",
            "0192f0c8-8ff5-7bd3-a3c9-7a2c9e3f4b5d",
            &"x".repeat(128),
        ] {
            assert_eq!(sent(good.as_bytes()).as_deref(), Some(good));
        }
        for bad in [
            "",
            "a b",
            "a\tb",
            "\"quoted\"",
            "back\\slash",
            "{}",
            "ä",
            &"x".repeat(129),
        ] {
            assert_eq!(sent(bad.as_bytes()), None, "{bad:?}");
        }
    }

    #[test]
    fn new_ones_differ_and_sort() {
        let (one, other) = (RequestId::generate(), RequestId::generate());
        assert!(one.as_str() < other.as_str(), "{one:?} {other:?}");
        assert_eq!(one.as_str().len(), 36);
    }

    #[test]
    fn work_knows_the_request_that_it_is_done_for() {
        assert_eq!(RequestId::current(), None);
        let id = RequestId::generate();
        let seen = id.clone().in_scope(RequestId::current);
        assert_eq!(seen, Some(id));
    }
}
