//! Which media type a request has, and which its answer gets.

use axum::http::{HeaderMap, HeaderValue, header};

/// The media types of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`, for clients older than the specification: errors of documents have status 200.
    Json,
    /// `application/graphql-response+json`.
    GraphqlResponse,
    /// `text/event-stream`.
    EventStream,
}

impl Media {
    /// The `Content-Type` header.
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Media::Json => "application/json; charset=utf-8",
            Media::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Media::EventStream => "text/event-stream; charset=utf-8",
        })
    }

    /// The media type that the client prefers of those that this server has; JSON when it names none, nothing
    /// when it accepts none.
    pub(super) fn negotiated(headers: &HeaderMap) -> Option<Media> {
        let mut ranges = headers.get_all(header::ACCEPT).iter().peekable();
        if ranges.peek().is_none() {
            return Some(Media::Json);
        }
        let mut best: Option<(u16, bool, Media)> = None;
        for range in ranges.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')) {
            let Some((quality, exact, media)) = range_of(range) else {
                continue;
            };
            // Of equals the first listed wins, and a named type wins over a wildcard.
            if best.is_none_or(|(q, e, _)| (quality, exact) > (q, e)) {
                best = Some((quality, exact, media));
            }
        }
        best.map(|(_, _, media)| media)
    }
}

/// Whether the client would rather have a page for people than anything that programs read: browsers name HTML first,
/// and take the rest at a lower weight.
pub(super) fn prefers_page(headers: &HeaderMap) -> bool {
    let mut page = 0;
    let mut data = 0;
    let values = headers.get_all(header::ACCEPT).iter();
    for range in values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')) {
        let name = range.split(|byte| *byte == b';').next();
        let html = name.is_some_and(|name| name.trim_ascii().eq_ignore_ascii_case(b"text/html"));
        match range_of(range) {
            Some((quality, ..)) => data = data.max(quality),
            None if html => page = page.max(quality_of(range)),
            None => {}
        }
    }
    page > 0 && page >= data
}

/// The weight of an entry whose type is none of ours, in thousandths.
fn quality_of(range: &[u8]) -> u16 {
    let weight = range.split(|byte| *byte == b';').skip(1).find_map(|part| {
        let part = std::str::from_utf8(part).ok()?;
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("q").then_some(value)
    });
    weight.map_or(Some(1_000), parse_quality).unwrap_or(0)
}

/// Qualities have three decimals at most; clipped, they fit.
fn parse_quality(value: &str) -> Option<u16> {
    let parsed = value.trim().parse::<f32>().ok();
    let parsed = parsed.filter(|parsed| (0.0..=1.0).contains(parsed))?;
    Some((parsed * 1_000.0).round() as u16)
}

/// One entry of an `Accept` header: its quality in thousandths, whether it names a type, and what it would get.
fn range_of(range: &[u8]) -> Option<(u16, bool, Media)> {
    let mut parts = range.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let name = parts.next()?;
    let (exact, media) = match name {
        b"*/*" | b"application/*" => (false, Media::Json),
        _ if name.eq_ignore_ascii_case(b"application/json") => (true, Media::Json),
        _ if name.eq_ignore_ascii_case(b"application/graphql-response+json") => {
            (true, Media::GraphqlResponse)
        }
        _ if name.eq_ignore_ascii_case(b"text/event-stream") => (true, Media::EventStream),
        _ => return None,
    };
    let mut quality = 1_000;
    for parameter in parts {
        let Ok(parameter) = std::str::from_utf8(parameter) else {
            return None;
        };
        let Some((key, value)) = parameter.split_once('=') else {
            continue;
        };
        if key.trim().eq_ignore_ascii_case("q") {
            quality = parse_quality(value)?;
        } else if key.trim().eq_ignore_ascii_case("charset") && !is_utf8(value) {
            return None;
        }
    }
    (quality > 0).then_some((quality, exact, media))
}

/// Whether the body is JSON in UTF-8. Other types are not taken: browsers send some of them from any page
/// without asking first.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return false;
    };
    if value == "application/json" {
        return true;
    }
    let Ok(value) = value.to_str() else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    json && parts.all(|parameter| match parameter.split_once('=') {
        Some((key, value)) => !key.trim().eq_ignore_ascii_case("charset") || is_utf8(value),
        None => true,
    })
}

fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim().trim_matches('"');
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(value: &'static str) -> Option<Media> {
        Media::negotiated(&HeaderMap::from_iter([(
            header::ACCEPT,
            HeaderValue::from_static(value),
        )]))
    }

    #[test]
    fn the_best_of_what_is_accepted_is_chosen() {
        assert_eq!(Media::negotiated(&HeaderMap::new()), Some(Media::Json));
        assert_eq!(accepting("*/*"), Some(Media::Json));
        assert_eq!(
            accepting("application/graphql-response+json, application/json;q=0.9"),
            Some(Media::GraphqlResponse)
        );
        assert_eq!(
            accepting("application/json;q=0.9, application/graphql-response+json;q=0.5"),
            Some(Media::Json)
        );
        assert_eq!(
            accepting("application/json;q=0, */*;q=0.1"),
            Some(Media::Json)
        );
        assert_eq!(accepting("text/event-stream"), Some(Media::EventStream));
        assert_eq!(
            accepting("application/json, text/event-stream"),
            Some(Media::Json)
        );
        assert_eq!(
            accepting("*/*, Application/GraphQL-Response+JSON; charset=UTF-8"),
            Some(Media::GraphqlResponse)
        );
        assert_eq!(accepting("application/json; charset=iso-8859-1"), None);
        assert_eq!(accepting("text/html, application/xml;q=0.9"), None);
        assert_eq!(accepting("application/json;q=x"), None);
    }

    #[test]
    fn browsers_prefer_a_page_and_programs_do_not() {
        let prefers = |value| {
            let value = HeaderValue::from_static(value);
            prefers_page(&HeaderMap::from_iter([(header::ACCEPT, value)]))
        };
        assert!(prefers(
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
        ));
        assert!(prefers("text/html"));
        assert!(prefers("Text/HTML;q=0.5, */*;q=0.1"));
        assert!(!prefers("*/*"));
        assert!(!prefers("application/json, text/html;q=0.9"));
        assert!(!prefers("text/event-stream"));
        assert!(!prefers("text/html;q=0"));
        assert!(!prefers_page(&HeaderMap::new()));
    }

    #[test]
    fn only_json_in_utf8_is_taken() {
        let is = |value| {
            is_json(&HeaderMap::from_iter([(
                header::CONTENT_TYPE,
                HeaderValue::from_static(value),
            )]))
        };
        assert!(is("application/json"));
        assert!(is("Application/JSON; charset=\"UTF-8\""));
        assert!(!is("application/json; charset=utf-16"));
        assert!(!is("text/plain"));
        assert!(!is("application/x-www-form-urlencoded"));
        assert!(!is_json(&HeaderMap::new()));
    }
}
