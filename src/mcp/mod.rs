//! The Model Context Protocol at `/mcp`, by its streamable HTTP transport: a person's own assistant finds, reads and
//! writes what is theirs.
//!
//! A tool is a GraphQL document with a description. It runs through the transports' own `Http::execute`, as the
//! person whose token the assistant has: row level security, limits, rates and times are those of any request. Nothing
//! is kept between requests, so that any server answers any of them.

mod admission;
mod message;
mod server;
mod tools;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};

use crate::{app_state::AppState, http::Http};
use server::Server;

/// What answers at `/mcp`.
#[derive(Clone)]
struct Mcp {
    state: Arc<AppState>,
    http: Arc<Http>,
    service: StreamableHttpService<Server, NeverSessionManager>,
    body_max_bytes: usize,
}

/// The route, to be merged into the server's own.
pub fn router(state: &Arc<AppState>, http: &Arc<Http>) -> Router {
    let body_max_bytes = usize::try_from(state.settings.limits.max_body_bytes);
    let body_max_bytes = body_max_bytes.unwrap_or(usize::MAX);
    // Who may call, and from which pages, is decided before a request comes to the service.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts()
        .with_max_request_body_bytes(body_max_bytes);
    let server = Server::new(Arc::clone(http));
    let service = StreamableHttpService::new(
        move || Ok(server.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let mcp = Mcp {
        state: Arc::clone(state),
        http: Arc::clone(http),
        service,
        body_max_bytes,
    };
    Router::new().route("/mcp", any(answer)).with_state(mcp)
}

async fn answer(State(mcp): State<Mcp>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    match mcp.admit(&parts).await {
        Ok(visitor) => parts.extensions.insert(visitor),
        Err(refused) => return admission::refusal(&refused).into_response(),
    };
    let is_json = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|media| media.to_str().ok())
        .is_some_and(|media| media.trim_start().starts_with("application/json"));
    let body = match message::read(body, mcp.body_max_bytes).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let response = mcp.service.handle(request).await.map(Body::new);
    match is_json && response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        true => message::unreadable(&body),
        false => response,
    }
}
