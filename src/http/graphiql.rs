//! GraphiQL, complete in the binary: the page and everything it loads come from here.

use std::io::Read;

use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rust_embed::RustEmbed;

/// The bundle as the build script made it, the gzip of each file beside it.
#[derive(RustEmbed)]
#[folder = "$GRAPHIQL"]
#[allow_missing = true]
struct Bundle;

/// Why the build script made none.
const PROBLEM: Option<&str> = option_env!("GRAPHIQL_PROBLEM");

/// The page runs its own scripts only. Monaco, the editor, sets styles as it runs and starts its workers from
/// blobs; requests and sockets go to this server or where the user's own plugins point.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; \
                      img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'none'";

pub(super) fn router() -> Router {
    Router::new()
        .route(
            "/graphiql",
            get(|headers: HeaderMap| async move { file("index.html", &headers) }),
        )
        .route(
            "/graphiql/",
            get(|| async { Redirect::permanent("/graphiql") }),
        )
        .route(
            "/graphiql/{*path}",
            get(
                |Path(path): Path<String>, headers: HeaderMap| async move { file(&path, &headers) },
            ),
        )
}

fn file(path: &str, headers: &HeaderMap) -> Response {
    if let Some(problem) = PROBLEM {
        return missing(problem);
    }
    let Some(gzip) = Bundle::get(&format!("{path}.gz")).map(|file| file.data) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepts = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let (body, encoding) = if accepts.is_some_and(accepts_gzip) {
        (Body::from(gzip), Some(HeaderValue::from_static("gzip")))
    } else {
        let mut plain = Vec::new();
        if flate2::read::GzDecoder::new(&*gzip)
            .read_to_end(&mut plain)
            .is_err()
        {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        (Body::from(plain), None)
    };
    let mut response = Response::new(body);
    let set = response.headers_mut();
    if let Some(encoding) = encoding {
        set.insert(header::CONTENT_ENCODING, encoding);
    }
    // Names of assets carry a hash of their contents; the page itself names the newest.
    let kept = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    for (name, value) in [
        (header::CONTENT_TYPE, content_type(path)),
        (header::CACHE_CONTROL, kept),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ] {
        set.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether `gzip` (or anything) is accepted and not by `q=0`.
fn accepts_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = matches!(parts.next(), Some("gzip" | "*"));
        named
            && !parts
                .any(|parameter| matches!(parameter.replace(' ', "").as_str(), "q=0" | "q=0.0"))
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// What the page says when the bundle is missing.
fn missing(problem: &str) -> Response {
    let escaped = problem.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!doctype html><html lang=\"en\"><title>GraphiQL · Mindloom</title>\
         <h1>GraphiQL is not in this build</h1><p>{escaped}</p>\
         <p>Install Node.js 20.19 or newer with npm, make the npm registry reachable, run <code>touch build.rs</code> \
         and build the server again. The API itself works: <code>POST /graphql</code>.</p></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (StatusCode::NOT_IMPLEMENTED, headers, page).into_response()
}
