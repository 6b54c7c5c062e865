//! `/rest/v1`: there is no PostgREST here, and its clients are told so in the form in which they read errors.

use axum::{Json, Router, http::StatusCode, response::IntoResponse, routing::any};
use serde_json::json;

/// The routes.
pub fn router() -> Router {
    Router::new()
        .route("/rest/v1", any(refuse))
        .route("/rest/v1/", any(refuse))
        .route("/rest/v1/{*path}", any(refuse))
}

async fn refuse() -> impl IntoResponse {
    let body = json!({
        "code": "PGRST125",
        "message": "Tables are read and written by GraphQL here, at /graphql; there is no REST API of tables",
        "details": null,
        "hint": "docs/clients.md of Mindloom shows how, with the session of supabase-js",
    });
    (StatusCode::NOT_FOUND, Json(body))
}
