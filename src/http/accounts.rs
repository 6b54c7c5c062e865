//! What accounts answer outside GraphQL and Supabase's protocol: the public keys, and the streamed export.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::{Http, set_status};
use crate::accounts::Accounts;

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
        .route("/auth/v1/export", get(export))
        .with_state(Routes { accounts, http })
}

/// Ten minutes, as Supabase's: verifiers ask again when they meet a key they do not know.
async fn jwks(State(routes): State<Routes>) -> Response {
    let headers = [(header::CACHE_CONTROL, "public, max-age=600")];
    (headers, axum::Json(routes.accounts.keys.jwks())).into_response()
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
            let mut response = (headers, Body::from_stream(stream)).into_response();
            let no_store = HeaderValue::from_static("no-store");
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, no_store);
            response
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
