//! `/`: leads people to the console, and tells programs what is where.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::json;

use super::media;

const CONSOLE: &str = "/console";
const GRAPHIQL: &str = "/graphiql";

/// The root of the server.
pub(super) async fn entrance(headers: HeaderMap) -> Response {
    if media::prefers_page(&headers) {
        return by_accept(Redirect::to(CONSOLE).into_response());
    }
    let directory = json!({
        "name": "Mindloom",
        "message": "GraphQL is at /graphql, by POST, WebSocket or server-sent events",
        "graphql": "/graphql",
        "console": CONSOLE,
        "graphiql": GRAPHIQL,
        "supabaseRealtime": "/realtime/v1/websocket",
        "keys": "/.well-known/jwks.json",
        "health": "/healthz",
        "ready": "/readyz",
    });
    by_accept(Json(directory).into_response())
}

/// Sends a browser that opens the address of GraphQL on.
pub(super) fn to_graphiql() -> Response {
    by_accept(Redirect::to(GRAPHIQL).into_response())
}

fn by_accept(mut response: Response) -> Response {
    let accept = HeaderValue::from_static("accept");
    response.headers_mut().append(header::VARY, accept);
    response
}
