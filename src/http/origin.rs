//! Which web pages may call: for CORS, for WebSockets, and against forged requests.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};

use crate::config::AllowedOrigin;

/// Headers that a page of another origin cannot send without asking first (a preflight).
const PREFLIGHTED: [&str; 7] = [
    "graphql-require-preflight",
    "apollo-require-preflight",
    "x-apollo-operation-name",
    "x-mindloom-csrf",
    "x-graphql-event-stream-token",
    "authorization",
    "apikey",
];

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origins that may call.
#[derive(Debug, Clone)]
pub(super) struct Origins {
    any: bool,
    exact: Vec<String>,
}

impl Origins {
    pub(super) fn new(allowed: &[AllowedOrigin]) -> Self {
        let exact = allowed.iter().filter_map(|origin| match origin {
            AllowedOrigin::Any => None,
            AllowedOrigin::Exact(origin) => Some(origin.clone()),
        });
        Origins {
            any: allowed.contains(&AllowedOrigin::Any),
            exact: exact.collect(),
        }
    }

    /// Whether pages of an origin may call the server under the name by which it was called.
    pub(super) fn allow(&self, origin: &HeaderValue, uri: &Uri, headers: &HeaderMap) -> bool {
        if self.any {
            return true;
        }
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        if self
            .exact
            .iter()
            .any(|exact| exact.eq_ignore_ascii_case(origin))
        {
            return true;
        }
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let host = host.or_else(|| uri.authority().map(|authority| authority.as_str()));
        let (Some(host), Some((_, authority))) = (host, origin.split_once("://")) else {
            return false;
        };
        authority.eq_ignore_ascii_case(host) || (is_loopback(authority) && is_loopback(host))
    }

    /// Whether a request may be answered or a WebSocket opened: for programs (no `Origin`) and allowed pages. What a
    /// browser calls same-origin is, also where a proxy calls this server by another name.
    pub(super) fn allow_request(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return true;
        };
        headers
            .get(SEC_FETCH_SITE)
            .is_some_and(|site| site == "same-origin")
            || self.allow(origin, uri, headers)
    }

    /// Whether a GET may be answered. A page of any origin can make a browser send one (an image, a link); the
    /// page cannot read the answer, but its timing and cost are real. So a browser's cross-site request must
    /// come from an allowed origin or carry a header that made the browser ask first. Programs send none of
    /// these headers and are not concerned.
    pub(super) fn allow_get(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        if PREFLIGHTED.iter().any(|name| headers.contains_key(*name)) {
            return true;
        }
        if let Some(origin) = headers.get(header::ORIGIN) {
            return self.allow(origin, uri, headers);
        }
        match headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes) {
            Some(b"same-origin" | b"none") => true,
            Some(_) => false,
            // Browsers before 2023 say where they come from at best.
            None => headers
                .get(header::REFERER)
                .is_none_or(|page| self.allow_referer(page, uri, headers)),
        }
    }

    fn allow_referer(&self, page: &HeaderValue, uri: &Uri, headers: &HeaderMap) -> bool {
        let page = page
            .to_str()
            .ok()
            .and_then(|page| url::Url::parse(page).ok());
        let origin = page.map(|page| page.origin().ascii_serialization());
        let origin = origin.and_then(|origin| HeaderValue::from_str(&origin).ok());
        origin.is_some_and(|origin| self.allow(&origin, uri, headers))
    }
}

/// Whether `host[:port]` is this very machine.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    fn origins(list: &[&str]) -> Origins {
        Origins {
            any: false,
            exact: list.iter().map(|origin| (*origin).to_owned()).collect(),
        }
    }

    #[test]
    fn programs_and_allowed_pages_are_answered() {
        let origins = origins(&["https://app.example.com"]);
        let allow =
            |list: &[_]| origins.allow_request(&Uri::from_static("/graphql"), &headers(list));
        assert!(allow(&[("host", "api.example.com")]));
        assert!(allow(&[
            ("host", "api.example.com"),
            ("origin", "https://app.example.com")
        ]));
        assert!(allow(&[
            ("host", "api.example.com:4000"),
            ("origin", "http://api.example.com:4000")
        ]));
        assert!(!allow(&[
            ("host", "api.example.com"),
            ("origin", "https://evil.example")
        ]));
        assert!(!allow(&[
            ("host", "api.example.com"),
            ("origin", "https://app.example.com.evil.example")
        ]));
        assert!(!allow(&[("host", "api.example.com"), ("origin", "null")]));
        assert!(allow(&[
            ("host", "10.0.0.7:4000"),
            ("origin", "https://api.example.com"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!allow(&[
            ("host", "10.0.0.7:4000"),
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site")
        ]));
        assert!(!allow(&[
            ("host", "api.example.com"),
            ("origin", "http://localhost:3000")
        ]));
        assert!(allow(&[
            ("host", "127.0.0.1:4000"),
            ("origin", "http://localhost:3000")
        ]));
        assert!(!allow(&[
            ("host", "127.0.0.1:4000"),
            ("origin", "http://localhost.evil.example")
        ]));
    }

    #[test]
    fn a_browsers_cross_site_get_must_have_been_asked_for() {
        let origins = origins(&["https://app.example.com"]);
        let allow = |list: &[_]| origins.allow_get(&Uri::from_static("/graphql"), &headers(list));
        assert!(allow(&[("host", "a")]), "a program");
        assert!(allow(&[("host", "a"), ("sec-fetch-site", "same-origin")]));
        assert!(
            allow(&[("host", "a"), ("sec-fetch-site", "none")]),
            "typed by the user"
        );
        assert!(!allow(&[("host", "a"), ("sec-fetch-site", "cross-site")]));
        assert!(!allow(&[("host", "a"), ("sec-fetch-site", "same-site")]));
        assert!(allow(&[
            ("host", "a"),
            ("sec-fetch-site", "cross-site"),
            ("graphql-require-preflight", "1")
        ]));
        assert!(allow(&[
            ("host", "a"),
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://app.example.com")
        ]));
        assert!(!allow(&[
            ("host", "a"),
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example")
        ]));
        assert!(!allow(&[
            ("host", "a"),
            ("referer", "https://evil.example/page")
        ]));
        assert!(allow(&[("host", "a"), ("referer", "https://a/graphiql")]));
    }
}
