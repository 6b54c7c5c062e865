//! Answers over HTTP: statuses and media types.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response as HttpResponse,
};
use bytes::Bytes;

use super::{
    media::Media,
    status::{set_retry_after, status_of},
};
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
        let after_ms = self.error.retry_after_ms();
        let mut response = encoded(media, self.status, Response::refused(&[self.error]).body);
        set_retry_after(&mut response, after_ms);
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
    // The specification's rule for old clients: what reached GraphQL is 200, whatever GraphQL thought of it.
    let old = media == Media::Json;
    let status = match (response.request_error, response.passing) {
        (Some(code), _) if old && is_about_the_document(code) => StatusCode::OK,
        (Some(code), _) => status_of(code),
        (None, Some(passing)) if !old => status_of(passing.code),
        (None, _) => StatusCode::OK,
    };
    let after_ms = response.passing.and_then(|passing| passing.retry_after_ms);
    let mut answer = encoded(media, status, response.into_body());
    set_retry_after(&mut answer, after_ms);
    answer
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

#[cfg(test)]
mod tests {
    use async_graphql::Pos;

    use super::*;
    use crate::{
        engine::execute::{Answer, FieldError},
        graphql::encode,
    };

    /// Status and `Retry-After` of an operation that ran.
    fn answered(media: Media, data: Option<&str>, error: Error) -> (u16, Option<String>) {
        let failed = FieldError {
            error,
            key: "notes".to_owned(),
            position: Pos::default(),
        };
        let ran = Answer {
            data: data.map(|data| data.as_bytes().to_vec()),
            errors: vec![failed],
        };
        let response = answer(media, encode(ran));
        let after = response.headers().get(header::RETRY_AFTER);
        let after = after.and_then(|value| value.to_str().ok().map(str::to_owned));
        (response.status().as_u16(), after)
    }

    #[test]
    fn what_failed_for_now_says_so_where_the_media_type_lets_it() {
        let new = Media::GraphqlResponse;
        let of = |code| Error::new(code, "later");
        let limited = of(Code::RateLimited).with("retryAfterMs", 2_500);
        let seconds = |text: &str| Some(text.to_owned());
        assert_eq!(
            answered(new, None, of(Code::Unavailable)),
            (503, seconds("1"))
        );
        assert_eq!(answered(new, None, of(Code::Timeout)), (504, seconds("1")));
        assert_eq!(answered(new, None, limited.clone()), (429, seconds("3")));
        assert_eq!(answered(new, None, of(Code::Forbidden)), (200, None));
        assert_eq!(answered(Media::Json, None, limited), (200, None));
        let partly = Some(r#"{"notes":null}"#);
        assert_eq!(
            answered(new, partly, of(Code::Unavailable)),
            (200, None),
            "some of it came"
        );
    }

    #[test]
    fn what_was_refused_for_now_says_so_in_every_media_type() {
        for media in [Media::Json, Media::GraphqlResponse] {
            let error = Error::new(Code::Unavailable, "later").with("retryAfterMs", 4_001);
            let response = answer(media, Response::refused(&[error]));
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()[header::RETRY_AFTER], "5");
        }
    }
}
