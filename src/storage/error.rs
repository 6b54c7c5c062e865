//! What goes wrong with files, in the words of Supabase's storage: its clients know them by their codes.

use std::borrow::Cow;

use crate::{
    auth::Caller,
    db::StatementError,
    error::{Code, Error},
};

/// Why something about a file was not done.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct StorageError {
    /// The status that says most of it, as clients read it from the body.
    pub status: u16,
    /// What clients switch on.
    pub code: &'static str,
    /// What older clients switch on.
    pub error: &'static str,
    /// A sentence for people.
    pub message: Cow<'static, str>,
    /// What GraphQL says instead, whose callers know no words of Supabase; the server's own error, where it is one.
    #[source]
    pub cause: Option<Error>,
}

/// What Supabase's clients are told where the policies refuse.
const POLICIES_REFUSE: &str = "new row violates row-level security policy";

/// The result of what can go wrong with a file.
pub type Result<T, E = StorageError> = std::result::Result<T, E>;

impl StorageError {
    fn new(
        status: u16,
        code: &'static str,
        error: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        StorageError {
            status,
            code,
            error,
            message: message.into(),
            cause: None,
        }
    }

    /// The same, told by GraphQL in words of its own.
    fn told(self, error: Error) -> Self {
        StorageError {
            cause: Some(error),
            ..self
        }
    }

    /// There is no such file, or the caller may not see it.
    pub fn no_such_key() -> Self {
        Self::new(404, "NoSuchKey", "not_found", "Object not found")
    }

    /// There is nothing at this address.
    pub fn no_such_route() -> Self {
        let message = "There is nothing at this address of the storage";
        Self::new(404, "NotFound", "not_found", message)
    }

    /// There is no such bucket, or the caller may not see it.
    pub fn no_such_bucket() -> Self {
        Self::new(404, "NoSuchBucket", "Bucket not found", "Bucket not found")
    }

    /// There is no such upload, or it was given up.
    pub fn no_such_upload() -> Self {
        Self::new(404, "NoSuchUpload", "NoSuchUpload", "Upload not found")
    }

    /// There is a file of this name already.
    pub fn key_exists() -> Self {
        let message = "The resource already exists";
        Self::new(409, "KeyAlreadyExists", "Duplicate", message)
    }

    /// There is a bucket of this name already.
    pub fn bucket_exists() -> Self {
        let message = "The resource already exists";
        Self::new(409, "BucketAlreadyExists", "Duplicate", message)
    }

    /// There are files in the bucket.
    pub fn bucket_not_empty() -> Self {
        let message = "The bucket you tried to delete is not empty";
        Self::new(409, "ResourceNotEmpty", "ResourceNotEmpty", message)
    }

    /// A name that no file can have.
    pub fn invalid_key(name: &str) -> Self {
        let message = format!("Invalid key: {name}");
        Self::new(400, "InvalidKey", "InvalidKey", message)
    }

    /// A name that no bucket can have.
    pub fn invalid_bucket_name() -> Self {
        let message = "Bucket name invalid";
        Self::new(400, "InvalidBucketName", "Invalid Input", message)
    }

    /// A type that the bucket does not take.
    pub fn invalid_mime_type(media_type: &str) -> Self {
        let message = format!("mime type {media_type} is not supported");
        Self::new(415, "InvalidMimeType", "invalid_mime_type", message)
    }

    /// A type that is not among those which the bucket takes.
    pub fn not_among_types(media_type: &str, allowed: &[String]) -> Self {
        let types = allowed.join(", ");
        let told = format!("The bucket takes files of the types {types}; this one is {media_type}");
        Self::invalid_mime_type(media_type).told(Error::bad_input(told))
    }

    /// More bytes than these, which a file may have.
    pub fn larger_than(allowed: u64) -> Self {
        let told = format!(
            "A file may have {allowed} bytes at most here: its bucket's limit, or the server's"
        );
        Self::too_large().told(Error::limit_exceeded("fileBytes", allowed, told))
    }

    /// More bytes than are allowed.
    pub fn too_large() -> Self {
        let message = "The object exceeded the maximum allowed size";
        Self::new(413, "EntityTooLarge", "Payload too large", message)
    }

    /// More uploads at once than an account may have begun.
    pub fn too_many_unfinished() -> Self {
        let message =
            "Too many uploads are begun and not finished; finish or end some of them first";
        Self::new(429, "SlowDown", "SlowDown", message)
    }

    /// More bytes than the account may have.
    pub fn over_quota(allowed: u64) -> Self {
        let message = format!(
            "The files of this account may have {allowed} bytes together; delete some, or ask for more room"
        );
        Self::no_room(allowed, message)
    }

    /// More bytes than the account has room for still.
    pub fn over_room(left: u64) -> Self {
        let message = format!(
            "The files of this account may grow by {left} bytes; delete some, or ask for more room"
        );
        Self::no_room(left, message)
    }

    fn no_room(allowed: u64, message: String) -> Self {
        let told = Error::limit_exceeded("fileBytes", allowed, message.clone());
        Self::new(413, "EntityTooLarge", "Payload too large", message).told(told)
    }

    /// A request that makes no sense.
    pub fn invalid_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "InvalidRequest", "InvalidRequest", message)
    }

    /// A parameter with a value that it cannot have.
    pub fn invalid_parameter(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "InvalidParameter", "InvalidParameter", message)
    }

    /// The policies refuse a row.
    pub fn policies_refuse() -> Self {
        Self::access_denied(POLICIES_REFUSE)
    }

    /// What whoever wanted to write a file is told by GraphQL, which knows no words of Supabase: where only the policies
    /// refused, what may be missing.
    pub fn of_write(self, caller: &Caller, bucket: &str, name: &str) -> Error {
        if self.code == "KeyAlreadyExists" {
            return Error::new(
                Code::Conflict,
                format!(
                    "There is a file {name:?} in the bucket {bucket:?} already: give upsert: true to replace it, or \
                     another name"
                ),
            );
        }
        if self.code != "AccessDenied" || self.message != POLICIES_REFUSE {
            return self.into();
        }
        let allow = match caller.user_id {
            Some(_) => "no policy lets you",
            None => "nobody is signed in, and no policy lets strangers",
        };
        Error::forbidden(format!(
            "The file {name:?} may not be written into the bucket {bucket:?}: {allow} do it. Either there is no such \
             bucket, or its policies on storage.objects ask for another name (often one that begins with your own id), \
             or a file of this name is not yours to replace. An administrator makes buckets and policies"
        ))
    }

    /// The caller may not do it.
    pub fn access_denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(403, "AccessDenied", "Unauthorized", message)
    }

    /// A signature that was not made here, or is for something else.
    pub fn invalid_signature(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "InvalidSignature", "InvalidSignature", message)
    }

    /// A signature that was made here and is too old.
    pub fn expired_signature() -> Self {
        let message = "\"exp\" claim timestamp check failed";
        Self::new(400, "InvalidJWT", "InvalidJWT", message)
    }

    /// What was asked for lies beyond the file's end.
    pub fn invalid_range() -> Self {
        let message = "The requested range cannot be satisfied";
        Self::new(416, "InvalidRange", "invalid_range", message)
    }

    /// More is asked for at once than is done at once; it passes by itself.
    pub fn busy(message: &'static str, retry_after_ms: u64) -> Self {
        let error = Error::new(Code::Unavailable, message);
        Self::from(error.with("retryAfterMs", retry_after_ms))
    }

    /// Somebody else is at it.
    pub fn locked() -> Self {
        let message = "The resource is locked";
        Self::new(423, "ResourceLocked", "ResourceLocked", message)
    }

    /// An upload that is resumed where it does not end.
    pub fn wrong_offset() -> Self {
        Self::new(409, "TusError", "TusError", "Upload-Offset conflict")
    }

    /// Bytes with another sum than was said. The protocol of uploads has a status of its own for it.
    pub fn wrong_sum() -> Self {
        Self::new(
            460,
            "InvalidChecksum",
            "InvalidChecksum",
            "Checksum Mismatch",
        )
    }

    /// What this server does not have.
    pub fn not_supported(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "FeatureNotEnabled", "FeatureNotEnabled", message)
    }

    /// The bytes stopped coming.
    pub fn body(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "InvalidRequest", "InvalidRequest", message)
    }

    /// The bytes came too slowly.
    pub fn too_slow() -> Self {
        let message = "The body did not arrive in time";
        Self::new(408, "InvalidRequest", "Request Timeout", message)
    }

    /// The place of the bytes does not answer, or refuses.
    pub fn backend(error: object_store::Error) -> Self {
        if let object_store::Error::NotFound { .. } = error {
            return Self::no_such_key();
        }
        if is_full(&error) {
            let message = "There is no room for this file on the server's disk";
            let error = Error::new(Code::Unavailable, message).caused_by(error);
            return Self::from(error);
        }
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the place of files failed"
        );
        let message = "The place where files lie does not answer; try again";
        Self::from(Error::new(Code::Unavailable, message).caused_by(error))
    }

    /// The database refuses a statement about the files of `name`.
    pub fn statement(error: impl Into<StatementError>, name: &str) -> Self {
        let error = error.into();
        let Some(report) = error.report() else {
            return Self::from(Error::from(error));
        };
        let constraint = report.constraint.as_deref().unwrap_or_default();
        match report.code.as_str() {
            "42501" => Self::policies_refuse(),
            "23505" if constraint.starts_with("buckets") => Self::bucket_exists(),
            "23505" => Self::key_exists(),
            // PostgreSQL has a code of its own for it from 18 on.
            "23001" => Self::bucket_not_empty(),
            "23503" if report.message.starts_with("update or delete") => Self::bucket_not_empty(),
            "23503" => Self::no_such_bucket(),
            "23514" if constraint.starts_with("objects_name") => Self::invalid_key(name),
            "23514" if constraint.starts_with("buckets_") => Self::invalid_bucket_name(),
            "23514" if constraint == "objects_user_metadata_size" => Self::new(
                413,
                "EntityTooLarge",
                "Payload too large",
                "The user_metadata exceeded the maximum allowed size",
            ),
            // The upload was given up for being too old while its last bytes came.
            "23514" if constraint == "objects_version_uploaded" => Self::no_such_upload(),
            "ML001" => {
                let message = report.message.clone();
                let told = Error::from(error);
                Self::new(413, "EntityTooLarge", "Payload too large", message).told(told)
            }
            _ => Self::from(Error::from(error)),
        }
    }
}

fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>()
            && matches!(
                error.kind(),
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
            )
        {
            return true;
        }
        cause = error.source();
    }
    false
}

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        let (status, code, name) = match error.code() {
            Code::Unauthenticated | Code::Forbidden => (403, "AccessDenied", "Unauthorized"),
            Code::NotFound => (404, "NoSuchKey", "not_found"),
            Code::Conflict => (409, "TransactionError", "TransactionError"),
            Code::LimitExceeded => (413, "EntityTooLarge", "Payload too large"),
            Code::RateLimited => (429, "SlowDown", "SlowDown"),
            Code::Timeout => (504, "DatabaseTimeout", "DatabaseTimeout"),
            Code::Unavailable => (503, "SlowDown", "Unavailable"),
            Code::Internal => (500, "InternalError", "InternalError"),
            _ => (400, "InvalidRequest", "InvalidRequest"),
        };
        StorageError {
            status,
            code,
            error: name,
            message: error.message().to_owned().into(),
            cause: Some(error),
        }
    }
}

impl From<tokio_postgres::Error> for StorageError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::statement(error, "")
    }
}

/// As GraphQL tells it.
impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        if let Some(cause) = error.cause {
            return cause;
        }
        let code = match error.status {
            403 => Code::Forbidden,
            404 => Code::NotFound,
            409 | 423 => Code::Conflict,
            413 => {
                let message = error.message;
                return Error::limit_exceeded("fileBytes", serde_json::Value::Null, message);
            }
            _ => Code::BadUserInput,
        };
        Error::new(code, error.message)
    }
}
