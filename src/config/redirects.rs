//! Addresses to which a sign-in may lead back.

use url::Url;

/// One entry of the list.
#[derive(Clone, Debug)]
pub enum AllowedRedirect {
    /// What begins with this address.
    Below(Url),
    /// What has this form: `*` and `?` stand for text and a character without `.` and `/`, `**` for any text.
    Like(String),
}

impl AllowedRedirect {
    /// Whether an address, without what follows a `#`, is one of these.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        match self {
            AllowedRedirect::Below(base) => is_within(url, base),
            AllowedRedirect::Like(pattern) => {
                let text = url.as_str();
                let text = text.split('#').next().unwrap_or_default();
                // `https://host` and `https://host/` are one address.
                is_like(text.as_bytes(), pattern.as_bytes())
                    || is_like(text.trim_end_matches('/').as_bytes(), pattern.as_bytes())
            }
        }
    }
}

/// Whether an address is the base or lies below it.
pub(crate) fn is_within(url: &Url, base: &Url) -> bool {
    let below = || {
        let path = base.path().trim_end_matches('/');
        url.path()
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    url.scheme() == base.scheme()
        && url.host_str() == base.host_str()
        && url.port_or_known_default() == base.port_or_known_default()
        && below()
}

/// Apps on phones have schemes of their own, so any scheme goes except those that run code.
pub(super) fn parse(text: &str) -> Result<AllowedRedirect, String> {
    let has_pattern = text.contains('*');
    // What stands for nothing in particular is replaced by something, to see whether the rest is an address.
    let plain = text.replace(":*", ":1").replace('*', "x");
    let url =
        Url::parse(&plain).map_err(|error| format!("{error}; allowed is an absolute address"))?;
    if let scheme @ ("javascript" | "data" | "file" | "blob") = url.scheme() {
        return Err(format!("the scheme {scheme} is not allowed"));
    }
    let scheme = text.split(':').next().unwrap_or_default();
    if scheme.contains('*') || text.starts_with("http://**") || text.starts_with("https://**") {
        return Err("a pattern names its scheme, and not all hosts".to_owned());
    }
    Ok(match has_pattern {
        true => AllowedRedirect::Like(text.to_owned()),
        false => AllowedRedirect::Below(url),
    })
}

/// Addresses have at most 2,048 bytes, and each step back takes one of them: this ends soon.
fn is_like(text: &[u8], pattern: &[u8]) -> bool {
    // For each length of the pattern's beginning, which beginnings of the text it stands for.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    let mut rest = pattern;
    while let Some((&first, after)) = rest.split_first() {
        let any = first == b'*' && after.first() == Some(&b'*');
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match first {
                b'*' => {
                    let before = at > 0 && next[at - 1] && (any || !is_separator(text[at - 1]));
                    reached[at] || before
                }
                b'?' => at > 0 && reached[at - 1] && !is_separator(text[at - 1]),
                literal => at > 0 && reached[at - 1] && text[at - 1] == literal,
            };
        }
        reached = next;
        rest = if any { &after[1..] } else { after };
    }
    reached[text.len()]
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'.' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entry: &str, url: &str) -> bool {
        let entry = parse(entry).expect("an entry");
        entry.allows(&url.parse().expect("an address"))
    }

    #[test]
    fn a_redirect_stays_below_its_base() {
        for (url, base) in [
            ("https://app.example/welcome?x=1#y", "https://app.example"),
            ("https://app.example/a/b", "https://app.example/a/"),
            ("myapp://signed-in/x", "myapp://signed-in"),
        ] {
            assert!(allows(base, url), "{url}");
        }
        for (url, base) in [
            ("https://app.example.evil.org/", "https://app.example"),
            ("https://app.example:8443/", "https://app.example"),
            ("http://app.example/", "https://app.example"),
            ("https://app.example/ab", "https://app.example/a"),
            ("https://app.example/a/../b", "https://app.example/a"),
        ] {
            assert!(!allows(base, url), "{url}");
        }
    }

    #[test]
    fn wildcards_are_supabases() {
        for (url, pattern) in [
            ("http://localhost:3000/", "http://localhost:*/**"),
            (
                "http://localhost:3000/auth/callback?next=%2F",
                "http://localhost:*/**",
            ),
            ("https://pr-7.preview.example/", "https://*.preview.example"),
            (
                "https://pr-7.preview.example/a",
                "https://*.preview.example/*",
            ),
            (
                "https://app.example/a/b.html?x=1#t",
                "https://app.example/**",
            ),
            ("myapp://callback/x", "myapp://**"),
        ] {
            assert!(allows(pattern, url), "{url} {pattern}");
        }
        for (url, pattern) in [
            (
                "https://evil.org/.preview.example/",
                "https://*.preview.example/**",
            ),
            (
                "https://a.b.preview.example/",
                "https://*.preview.example/**",
            ),
            ("https://preview.example.evil.org/", "https://*.example/**"),
            ("https://app.example/a/b", "https://app.example/*"),
            ("https://app.example@evil.org/", "https://app.example*/**"),
            ("http://localhost.evil.org:3000/", "http://localhost:*/**"),
        ] {
            assert!(!allows(pattern, url), "{url} {pattern}");
        }
        for pattern in [
            "*://app.example",
            "https://**",
            "javascript:*",
            "no address *",
        ] {
            assert!(parse(pattern).is_err(), "{pattern}");
        }
    }
}
