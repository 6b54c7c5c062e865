//! The one error that reaches clients: a code from a closed list, a sentence, and facts about it.
//!
//! What caused it stays inside (`source`) and goes to the log alone: SQL text, paths and secrets
//! never reach a client.

mod reason;
pub mod suggestion;

pub use reason::Reason;

use std::{borrow::Cow, fmt, sync::Arc};

use serde_json::{Map, Value, json};

use crate::request_id::RequestId;

/// Why a request failed, as `extensions.code` says it. The list is closed and documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema.
    GraphqlValidationFailed,
    /// A hash was sent alone and the server does not know its document.
    PersistedQueryNotFound,
    /// The server answers registered documents only.
    PersistedQueryOnly,
    /// Nobody is signed in, or the token is not (or no longer) valid.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// What was named does not exist, or the caller may not see it.
    NotFound,
    /// An argument or variable has a value that is not allowed.
    BadUserInput,
    /// The change contradicts what is stored: a duplicate, a missing or still used row, a lost race.
    Conflict,
    /// The request is larger, deeper, costlier or wider than the server allows.
    LimitExceeded,
    /// Too many requests; `retryAfterMs` says when to come back.
    RateLimited,
    /// The request ran longer than it may.
    Timeout,
    /// A cursor of a stream is too old: read the present state and subscribe anew.
    ResyncRequired,
    /// The database or another part cannot be reached now; trying again may help.
    Unavailable,
    /// A fault of the server; `requestId` is in its log too.
    Internal,
}

impl Code {
    /// Every code, in the order of the documentation.
    pub const ALL: [Code; 15] = [
        Code::GraphqlParseFailed,
        Code::GraphqlValidationFailed,
        Code::PersistedQueryNotFound,
        Code::PersistedQueryOnly,
        Code::Unauthenticated,
        Code::Forbidden,
        Code::NotFound,
        Code::BadUserInput,
        Code::Conflict,
        Code::LimitExceeded,
        Code::RateLimited,
        Code::Timeout,
        Code::ResyncRequired,
        Code::Unavailable,
        Code::Internal,
    ];

    /// The code as clients read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Code::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Code::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Code::PersistedQueryOnly => "PERSISTED_QUERY_ONLY",
            Code::Unauthenticated => "UNAUTHENTICATED",
            Code::Forbidden => "FORBIDDEN",
            Code::NotFound => "NOT_FOUND",
            Code::BadUserInput => "BAD_USER_INPUT",
            Code::Conflict => "CONFLICT",
            Code::LimitExceeded => "LIMIT_EXCEEDED",
            Code::RateLimited => "RATE_LIMITED",
            Code::Timeout => "TIMEOUT",
            Code::ResyncRequired => "RESYNC_REQUIRED",
            Code::Unavailable => "UNAVAILABLE",
            Code::Internal => "INTERNAL",
        }
    }
}

impl Code {
    /// Whether the same request may succeed later, though nobody changes anything.
    pub const fn passes(self) -> bool {
        matches!(self, Code::RateLimited | Code::Timeout | Code::Unavailable)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What went wrong, for the client; and why, for the log.
#[derive(Debug, Clone)]
pub struct Error {
    code: Code,
    message: Cow<'static, str>,
    /// Boxed, so that results which may fail stay small.
    details: Box<Map<String, Value>>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    over_share: bool,
}

/// The result of what can fail in front of a client.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with a code and a sentence that a client may read.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Error {
            code,
            message: message.into(),
            details: Box::default(),
            source: None,
            over_share: false,
        }
    }

    /// A value the caller sent is not allowed; the sentence says what is.
    pub fn bad_input(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::BadUserInput, message)
    }

    /// More than a limit allows. This is the only way to make a LIMIT_EXCEEDED, so that every one tells the limit's
    /// name and its value; the value is null where only the database knows it.
    pub fn limit_exceeded(
        limit: &str,
        allowed: impl Into<Value>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Code::LimitExceeded, message)
            .with("limit", limit)
            .with("allowed", allowed)
    }

    /// The caller may not do this.
    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Forbidden, message)
    }

    /// A fault of the server. The client learns the id of its request, the log learns the cause under the same id.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let source = source.into();
        let id = RequestId::current_or_new();
        id.clone().in_scope(|| {
            tracing::error!(
                error = source.as_ref() as &dyn std::error::Error,
                "internal error"
            );
        });
        Error {
            code: Code::Internal,
            message: Cow::Borrowed("Something went wrong on the server"),
            details: Box::new(Map::from_iter([(
                "requestId".to_owned(),
                json!(id.as_str()),
            )])),
            source: Some(Arc::from(source)),
            over_share: false,
        }
    }

    /// Adds a fact to `extensions`, for example the field that a constraint is about.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// The same of a caller who asks for more than its share: its doing, no fault of the server.
    #[must_use]
    pub fn over_share(mut self) -> Self {
        self.over_share = true;
        self
    }

    /// Whether it is the doing of a caller who asks for more than its share.
    pub fn is_over_share(&self) -> bool {
        self.over_share
    }

    /// The same with another sentence.
    #[must_use]
    pub fn saying(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    /// Says before the sentence what it is about.
    #[must_use]
    pub fn about(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message).into();
        self
    }

    /// The same without what its sentence says from `mark` on.
    #[must_use]
    pub fn without_end(mut self, mark: &str) -> Self {
        if let Some(at) = self.message.find(mark) {
            self.message = Cow::Owned(self.message[..at].to_owned());
        }
        self
    }

    /// Keeps the cause for the log; clients never see it.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The code that clients switch on.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence that clients show.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The facts beside the code in `extensions`.
    pub fn details(&self) -> &Map<String, Value> {
        &self.details
    }

    /// When it may be worth trying again, in milliseconds, where somebody knows.
    pub fn retry_after_ms(&self) -> Option<u64> {
        self.details.get("retryAfterMs").and_then(Value::as_u64)
    }

    /// `extensions` as sent: the code and the facts.
    pub fn extensions(&self) -> Map<String, Value> {
        let mut extensions = Map::clone(&self.details);
        extensions.insert("code".to_owned(), json!(self.code.as_str()));
        extensions
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
