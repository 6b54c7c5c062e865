//! Answers over HTTP: statuses and media types.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response as HttpResponse,
};
use bytes::Bytes;

use super::media::Media;
use crate::{
    error::{Code, Error},
    graphql::Response,
};

/// A request that is refused before it reaches GraphQL: its status is the same in every media type.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) error: Error,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, error: Error) -> Self {
        Refusal { status, error }
    }

    /// A refusal with the status that its code has.
    pub(super) fn of(error: Error) -> Self {
        Refusal {
            status: status_of(error.code()),
            error,
        }
    }

    pub(super) fn into_response(self, media: Media) -> HttpResponse {
        let media = if media == Media::EventStream {
            Media::Json
        } else {
            media
        };
        if self.error.code() == Code::PersistedQueryNotFound {
            // Clients of automatic persisted queries read the bodies of successful answers only.
            return answer(media, Response::refused(&[self.error]));
        }
        let mut response = encoded(media, self.status, Response::refused(&[self.error]).body);
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The answer of GraphQL to one request.
pub(super) fn answer(media: Media, response: Response) -> HttpResponse {
    let status = match response.request_error {
        None => StatusCode::OK,
        // The specification's rule for old clients: what reached GraphQL is 200, whatever GraphQL thought of it.
        Some(code) if media == Media::Json && is_about_the_document(code) => StatusCode::OK,
        Some(code) => status_of(code),
    };
    encoded(media, status, response.body)
}

/// A body of JSON.
pub(super) fn encoded(media: Media, status: StatusCode, body: Bytes) -> HttpResponse {
    let mut response = HttpResponse::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    // Answers depend on the caller; a cache in between must not give them to another.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_about_the_document(code: Code) -> bool {
    matches!(
        code,
        Code::GraphqlParseFailed
            | Code::GraphqlValidationFailed
            | Code::PersistedQueryNotFound
            | Code::BadUserInput
            | Code::LimitExceeded
    )
}

/// The status of an error that kept an operation from running. Where the draft of the specification says 422
/// (validation, variables) this is 400, as the published audits ask.
pub(super) fn status_of(code: Code) -> StatusCode {
    match code {
        Code::GraphqlParseFailed
        | Code::GraphqlValidationFailed
        | Code::BadUserInput
        | Code::LimitExceeded => StatusCode::BAD_REQUEST,
        Code::PersistedQueryNotFound | Code::NotFound => StatusCode::NOT_FOUND,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::PersistedQueryOnly => StatusCode::FORBIDDEN,
        Code::Conflict => StatusCode::CONFLICT,
        Code::ResyncRequired => StatusCode::GONE,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Timeout => StatusCode::GATEWAY_TIMEOUT,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
