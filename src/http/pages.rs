//! Pages that are complete in the binary: the console and GraphiQL. Everything they load comes from here.
//!
//! The repository keeps them built, each file packed with Brotli; how they are built is in docs/console.md.

use std::io::Read;

use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "console/built"]
struct Console;

#[derive(RustEmbed)]
#[folder = "graphiql/built"]
struct Graphiql;

/// The console runs its own scripts and styles only, and shows GraphiQL in a frame.
const CONSOLE_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; \
                              base-uri 'none'; form-action 'none'";

/// Monaco, GraphiQL's editor, sets styles as it runs and starts its workers from blobs; requests and sockets go to this
/// server or where the user's own plugins point.
const GRAPHIQL_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; \
                               img-src 'self' data:; font-src 'self' data:; connect-src 'self'; \
                               frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// One of them.
struct Page {
    file: fn(&str) -> Option<EmbeddedFile>,
    policy: &'static str,
    /// Whether every address below it that names no file is the page: it knows by itself what to show there.
    has_views: bool,
}

const CONSOLE: Page = Page {
    file: Console::get,
    policy: CONSOLE_POLICY,
    has_views: true,
};

const GRAPHIQL: Page = Page {
    file: Graphiql::get,
    policy: GRAPHIQL_POLICY,
    has_views: false,
};

pub(super) fn router() -> Router {
    Router::new()
        .merge(at("/console", &CONSOLE))
        .merge(at("/graphiql", &GRAPHIQL))
}

/// What the pages send to the server, word for word, as their build found it.
pub(super) fn documents() -> Vec<String> {
    [Console::get, Graphiql::get]
        .into_iter()
        .filter_map(|file| file("documents.json.br"))
        .flat_map(|packed| {
            let reader = brotli_decompressor::Decompressor::new(&*packed.data, 16 << 10);
            let documents: Vec<String> = serde_json::from_reader(reader).unwrap_or_default();
            documents
        })
        .collect()
}

fn at(root: &'static str, page: &'static Page) -> Router {
    let index = move |headers: HeaderMap| async move { page.answer("index.html", &headers) };
    let below = move |Path(path): Path<String>, headers: HeaderMap| async move {
        page.answer(&path, &headers)
    };
    let slash = move || async move { Redirect::permanent(root) };
    Router::new()
        .route(root, get(index))
        .route(&format!("{root}/"), get(slash))
        .route(&format!("{root}/{{*path}}"), get(below))
}

impl Page {
    fn answer(&self, path: &str, headers: &HeaderMap) -> Response {
        if let Some(packed) = (self.file)(&format!("{path}.br")) {
            return self.send(path, packed, headers);
        }
        // A file that is not there is not the page: an old page that asks for it must notice.
        let is_view = self.has_views && !path.starts_with("assets/");
        match (self.file)("index.html.br").filter(|_| is_view) {
            Some(packed) => self.send("index.html", packed, headers),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn send(&self, path: &str, packed: EmbeddedFile, headers: &HeaderMap) -> Response {
        let accepts = headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok());
        let (body, encoding) = if accepts.is_some_and(accepts_brotli) {
            let encoding = HeaderValue::from_static("br");
            (Body::from(packed.data), Some(encoding))
        } else {
            let mut plain = Vec::new();
            let mut reader = brotli_decompressor::Decompressor::new(&*packed.data, 16 << 10);
            if reader.read_to_end(&mut plain).is_err() {
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
            (header::CONTENT_SECURITY_POLICY, self.policy),
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
}

/// Whether `br` (or anything) is accepted and not by `q=0`.
fn accepts_brotli(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = matches!(parts.next(), Some("br" | "*"));
        named
            && !parts
                .any(|parameter| matches!(parameter.replace(' ', "").as_str(), "q=0" | "q=0.0"))
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
