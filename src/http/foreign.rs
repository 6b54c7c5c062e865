//! Keeps pages of origins that may not call away from every route: they are told so, where a browser would only
//! say that headers are missing.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::future::Either;
use serde_json::json;
use tower::{Layer, Service};

use super::{Http, answer::Refusal, media::Media};
use crate::error::Error;

const MESSAGE: &str = "Pages of this origin may not call this server; if they should, start it with \
    --allowed-origins (MINDLOOM_ALLOWED_ORIGINS) naming the origin";

/// Pages that people are led to, from a mail or a provider. Nobody can read them across origins, and a browser
/// sends `Origin: null` with their forms because their addresses, which hold tokens, are no referrers.
const VISITED: [&str; 2] = ["/auth/v1/verify", "/auth/v1/callback"];

/// Refuses requests, preflights and sockets of pages that may not call.
#[derive(Clone)]
pub(super) struct RefuseForeign {
    http: Arc<Http>,
}

impl RefuseForeign {
    pub(super) fn new(http: &Arc<Http>) -> Self {
        let http = Arc::clone(http);
        RefuseForeign { http }
    }
}

impl<S> Layer<S> for RefuseForeign {
    type Service = RefuseForeignService<S>;

    fn layer(&self, inner: S) -> RefuseForeignService<S> {
        let http = Arc::clone(&self.http);
        RefuseForeignService { http, inner }
    }
}

/// A service behind [`RefuseForeign`].
#[derive(Clone)]
pub(super) struct RefuseForeignService<S> {
    http: Arc<Http>,
    inner: S,
}

impl<S> Service<Request> for RefuseForeignService<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let path = request.uri().path();
        let allowed = self
            .http
            .origins
            .allow_request(request.uri(), request.headers());
        if allowed || VISITED.contains(&path) {
            return Either::Right(self.inner.call(request));
        }
        Either::Left(ready(Ok(refusal(path))))
    }
}

/// In the words of GraphQL where GraphQL is, else as other addresses say what is wrong.
fn refusal(path: &str) -> Response {
    let error = Error::forbidden(MESSAGE);
    if path == "/graphql" {
        return Refusal::of(error).into_response(Media::Json);
    }
    let body = json!({"code": "FORBIDDEN", "message": MESSAGE, "error": MESSAGE});
    (StatusCode::FORBIDDEN, axum::Json(body)).into_response()
}
