//! Which HTTP status each code of an error has, and when a client may come back. The one place that says so.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response as HttpResponse,
};

use crate::error::{Code, Error};

/// When to come back, where nobody knows better.
const RETRY_AFTER_MS: u64 = 1_000;

/// The status of an error that kept an operation from being done. Where the draft of the specification says 422
/// (validation, variables) this is 400, as the published audits ask.
pub(crate) fn status_of(code: Code) -> StatusCode {
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

/// Gives an answer the status of an error and, where the error passes by itself, the time to come back.
pub(crate) fn set_status(response: &mut HttpResponse, error: &Error) {
    *response.status_mut() = status_of(error.code());
    set_retry_after(response, error.retry_after_ms());
}

/// Says with `Retry-After`, in whole seconds, when to come back, if the status is one that passes by itself.
pub(crate) fn set_retry_after(response: &mut HttpResponse, after_ms: Option<u64>) {
    let passes = [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::GATEWAY_TIMEOUT,
    ];
    if !passes.contains(&response.status()) {
        return;
    }
    let seconds = after_ms.unwrap_or(RETRY_AFTER_MS).div_ceil(1_000).max(1);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_says_when_to_come_back() {
        let answered = |error: Error| {
            let mut response = HttpResponse::default();
            set_status(&mut response, &error);
            let after = response.headers().get(header::RETRY_AFTER).cloned();
            let after = after.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
            (response.status().as_u16(), after)
        };
        let of = |code| Error::new(code, "wait");
        assert_eq!(answered(of(Code::Unavailable)), (503, Some(1)));
        assert_eq!(answered(of(Code::Timeout)), (504, Some(1)));
        let limited = |ms: u64| answered(of(Code::RateLimited).with("retryAfterMs", ms));
        assert_eq!(limited(1), (429, Some(1)));
        assert_eq!(limited(2_000), (429, Some(2)));
        assert_eq!(limited(2_001), (429, Some(3)), "never too early");
        assert_eq!(answered(of(Code::Forbidden)), (403, None));
    }
}
