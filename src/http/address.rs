//! The address that goes into mails and tokens, and whether people use another.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use url::{Host, Url};

use super::forwarded::of_our_proxies;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The configured address.
pub(super) struct PublicAddress {
    url: Url,
    /// Host and port as requests name them.
    authority: String,
    /// How many proxies in front are ours: whoever else names an address in `X-Forwarded-Host` is not believed.
    proxies: u8,
    warned: AtomicBool,
}

impl PublicAddress {
    pub(super) fn new(url: Url, proxies: u8) -> Self {
        let authority = url.authority().to_owned();
        PublicAddress {
            url,
            authority,
            proxies,
            warned: AtomicBool::new(false),
        }
    }

    /// As a request names it that is sent there.
    pub(super) fn host(&self) -> Option<HeaderMap> {
        let host = HeaderValue::from_str(&self.authority).ok()?;
        Some(HeaderMap::from_iter([(header::HOST, host)]))
    }

    /// Warns, once, when a browser reaches the server at another address than the one it hands out. Programs beside
    /// the server have addresses of their own for it and are not looked at.
    pub(super) fn watch(&self, uri: &Uri, headers: &HeaderMap) {
        let browser = headers.contains_key(header::ORIGIN) || headers.contains_key(SEC_FETCH_SITE);
        if !browser || self.warned.load(Ordering::Relaxed) {
            return;
        }
        let Some(used) = self.other(uri, headers) else {
            return;
        };
        if !self.warned.swap(true, Ordering::Relaxed) {
            let configured = self.url.as_str();
            tracing::warn!(
                %used,
                configured,
                "browsers reach this server at another address than the one in its mails and tokens; set \
                 MINDLOOM_PUBLIC_URL to the address that people use"
            );
        }
    }

    /// The address of the request, when it is another.
    fn other(&self, uri: &Uri, headers: &HeaderMap) -> Option<Url> {
        let text = |name: HeaderName| headers.get(name)?.to_str().ok();
        let forwarded = of_our_proxies(headers, "x-forwarded-host", self.proxies);
        let host = match (forwarded, text(header::HOST)) {
            (Some(forwarded), _) => forwarded,
            (None, Some(host)) => host,
            (None, None) => uri.authority()?.as_str(),
        };
        let scheme = of_our_proxies(headers, "x-forwarded-proto", self.proxies);
        if scheme.is_none() && host.eq_ignore_ascii_case(&self.authority) {
            return None;
        }
        let scheme = scheme.unwrap_or_else(|| self.url.scheme());
        let used = Url::parse(&format!("{scheme}://{host}/")).ok()?;
        let same = used.scheme() == self.url.scheme()
            && used.port_or_known_default() == self.url.port_or_known_default()
            && (used.host() == self.url.host() || (is_loopback(&used) && is_loopback(&self.url)));
        (!same).then_some(used)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(configured: &str, list: &[(&'static str, &'static str)]) -> Option<String> {
        behind(0, configured, list)
    }

    fn behind(
        proxies: u8,
        configured: &str,
        list: &[(&'static str, &'static str)],
    ) -> Option<String> {
        let address = PublicAddress::new(configured.parse().expect("a URL"), proxies);
        let headers = list
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            })
            .collect();
        let other = address.other(&Uri::from_static("/graphql"), &headers);
        other.map(String::from)
    }

    #[test]
    fn another_host_port_or_scheme_is_another_address() {
        let local = "http://127.0.0.1:4200";
        assert_eq!(other(local, &[("host", "127.0.0.1:4200")]), None);
        assert_eq!(other(local, &[("host", "localhost:4200")]), None);
        assert_eq!(
            other(local, &[("host", "localhost:4000")]).as_deref(),
            Some("http://localhost:4000/")
        );
        assert_eq!(
            other(local, &[("host", "192.0.2.7:4200")]).as_deref(),
            Some("http://192.0.2.7:4200/")
        );
        let public = "https://api.example.com";
        assert_eq!(other(public, &[("host", "API.example.com")]), None);
        assert_eq!(other(public, &[("host", "api.example.com:443")]), None);
        assert_eq!(other(public, &[("host", "no host")]), None);
    }

    #[test]
    fn only_our_own_proxies_name_an_address() {
        let (local, public) = ("http://127.0.0.1:4000", "https://api.example.com");
        let forwarded = [
            ("host", "127.0.0.1:4000"),
            ("x-forwarded-host", "api.example.com"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(other(local, &forwarded), None, "anybody may send it");
        assert_eq!(behind(1, public, &forwarded), None);
        assert_eq!(
            behind(1, local, &forwarded).as_deref(),
            Some("https://api.example.com/")
        );
        let plain = [("host", "api.example.com"), ("x-forwarded-proto", "http")];
        assert_eq!(other(public, &plain), None);
        assert_eq!(
            behind(1, public, &plain).as_deref(),
            Some("http://api.example.com/")
        );
        let appended = [
            ("host", "10.0.0.7:4000"),
            ("x-forwarded-host", "evil.example, api.example.com"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(behind(1, public, &appended), None, "the client's own claim");
        let by_two = [
            ("x-forwarded-host", "evil.example, api.example.com, inner"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(behind(2, public, &by_two), None);
        let on_lines = [
            ("host", "10.0.0.7:4000"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-host", "api.example.com"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(behind(1, public, &on_lines), None, "the client's own claim");
    }
}
