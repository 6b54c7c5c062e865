//! What accounts answer outside GraphQL: the public keys, the links of mails, the way back from providers,
//! and the streamed export.

mod pages;

use std::sync::Arc;

use axum::{
    Form, Router,
    body::Body,
    extract::{Query, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::json;

use super::{Http, server::body::TimedOut, set_status};
use crate::{
    accounts::{
        Accounts, Client,
        oauth::Callback,
        secret::Secret,
        verification::{Proof, Purpose},
    },
    error::Error,
};

#[derive(Clone)]
struct Routes {
    accounts: Accounts,
    http: Arc<Http>,
}

/// The routes: `/.well-known/jwks.json` and those below `/auth/v1`.
pub fn router(accounts: Accounts, http: Arc<Http>) -> Router {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks))
        .route("/auth/v1/.well-known/jwks.json", get(jwks))
        .route("/auth/v1/verify", get(show_link).post(use_link))
        .route("/auth/v1/callback", get(callback))
        .route("/auth/v1/export", get(export))
        .with_state(Routes { accounts, http })
}

/// Ten minutes, as Supabase's: verifiers ask again when they meet a key they do not know.
async fn jwks(State(routes): State<Routes>) -> Response {
    let headers = [(header::CACHE_CONTROL, "public, max-age=600")];
    (headers, axum::Json(routes.accounts.keys.jwks())).into_response()
}

#[derive(Deserialize)]
struct Link {
    r#type: String,
    token: Secret,
}

/// Shows a button; the token is neither used nor looked at.
async fn show_link(Query(link): Query<Link>) -> Response {
    match Purpose::of_link(&link.r#type) {
        Some(purpose) => html(StatusCode::OK, pages::confirm(purpose, link.token.expose())),
        None => html(
            StatusCode::BAD_REQUEST,
            pages::message("Sign in", "This link is incomplete."),
        ),
    }
}

async fn use_link(State(routes): State<Routes>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let from = match routes.http.context(&parts).await {
        Ok(context) => Client::from(&context),
        Err(error) => return refusal(&error),
    };
    let link = match read_form::<Link>(parts, body).await {
        Ok(Form(link)) => link,
        Err(error) if TimedOut::caused(&error) => {
            let message = pages::message("Sign in", "This form did not arrive in time.");
            return html(StatusCode::REQUEST_TIMEOUT, message);
        }
        Err(_) => {
            let message = pages::message("Sign in", "This form is incomplete.");
            return html(StatusCode::BAD_REQUEST, message);
        }
    };
    let Some(purpose) = Purpose::of_link(&link.r#type) else {
        return html(
            StatusCode::BAD_REQUEST,
            pages::message("Sign in", "This link is incomplete."),
        );
    };
    match routes
        .accounts
        .verify(purpose, Proof::Token(&link.token), &from)
        .await
    {
        Ok(verified) => {
            let target = verified.redirect_to.and_then(|redirect_to| {
                pages::with_session(&redirect_to, &verified.session, purpose)
            });
            match target {
                Some(target) => private(Redirect::to(&target).into_response()),
                None => html(
                    StatusCode::OK,
                    pages::message("Done", "You can close this page and sign in."),
                ),
            }
        }
        Err(error) => refusal(&error),
    }
}

async fn callback(State(routes): State<Routes>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let from = match routes.http.context(&parts).await {
        Ok(context) => Client::from(&context),
        Err(error) => return refusal(&error),
    };
    let query = Query::<Callback>::try_from_uri(&parts.uri)
        .map(|query| query.0)
        .unwrap_or_default();
    match routes.accounts.finish_oauth(query, &from).await {
        Ok(target) => private(Redirect::to(target.as_str()).into_response()),
        Err(error) => refusal(&error),
    }
}

async fn export(State(routes): State<Routes>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let exported = async {
        let context = routes.http.context(&parts).await?;
        routes.accounts.export(&context.caller).await
    };
    match exported.await {
        Ok(stream) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"my-data.json\"",
                ),
            ];
            private((headers, Body::from_stream(stream)).into_response())
        }
        Err(error) => {
            let body =
                json!({"errors": [{"message": error.message(), "extensions": error.extensions()}]});
            let mut response = axum::Json(body).into_response();
            set_status(&mut response, &error);
            response
        }
    }
}

fn refusal(error: &Error) -> Response {
    let mut response = html(
        StatusCode::OK,
        pages::message("This did not work", error.message()),
    );
    set_status(&mut response, error);
    response
}

async fn read_form<T>(
    parts: Parts,
    body: Body,
) -> Result<Form<T>, axum::extract::rejection::FormRejection>
where
    T: serde::de::DeserializeOwned,
{
    use axum::extract::FromRequest as _;
    Form::<T>::from_request(Request::from_parts(parts, body), &()).await
}

fn html(status: StatusCode, page: String) -> Response {
    private((status, Html(page)).into_response())
}

/// The address of such a page holds a token: it must not leak by a referrer, a cache or a frame.
fn private(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
