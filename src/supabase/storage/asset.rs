//! The bytes of a file as an answer.

use std::{borrow::Cow, time::SystemTime};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::range::{self, Asked};
use crate::{
    http::Uncompressed,
    storage::{Object, Rendered, Result, Storage, StorageError, handed_out, last_step, may_run},
};

/// Whatever is handed out, a browser runs nothing of it here.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'; sandbox";
const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// What of an answer its address says.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The name that it is to be kept under; empty for its own.
    pub(super) download: Option<String>,
    /// For whom it is.
    pub(super) audience: Audience,
}

/// For whom an answer is: what is not for everybody, no cache may keep that several share.
#[derive(Debug, Clone, Copy)]
pub(super) enum Audience {
    /// For everybody: the bucket is public.
    Everybody,
    /// For the caller, who showed who they are.
    Caller,
    /// For whoever has the address.
    Bearer {
        /// Until when it is good, in seconds since 1970.
        expires_s: u64,
    },
}

/// A file, or the part of it that is asked for.
pub(super) async fn of_object(
    storage: &Storage,
    object: &Object,
    parts: &Parts,
    wanted: &Wanted,
) -> Result<Response> {
    let modified = DateTime::parse_from_rfc3339(&object.metadata.last_modified).ok();
    let modified = modified.map(|at| at.with_timezone(&Utc));
    let facts = Facts {
        media_type: &object.metadata.mimetype,
        e_tag: &object.metadata.e_tag,
        modified,
        cache_control: &object.metadata.cache_control,
        name: last_step(&object.name),
    };
    if facts.is_known(&parts.headers) {
        return Ok(facts.headed(StatusCode::NOT_MODIFIED, wanted, Body::empty()));
    }
    let size = object.metadata.size;
    let asked = match facts.is_current(&parts.headers) {
        true => range::asked(text(&parts.headers, header::RANGE), size),
        false => Asked::Whole,
    };
    let (status, part) = match asked {
        Asked::Whole => (StatusCode::OK, None),
        Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, Some(part)),
        Asked::Unsatisfiable => {
            let mut refused = super::answer::refusal(&StorageError::invalid_range());
            set(
                &mut refused,
                header::CONTENT_RANGE,
                &format!("bytes */{size}"),
            );
            return Ok(refused);
        }
    };
    let length = part.as_ref().map_or(size, |part| part.end - part.start);
    let body = match parts.method == axum::http::Method::HEAD || size == 0 {
        true => Body::empty(),
        false => Body::from_stream(storage.bytes(object, part.clone()).await?),
    };
    let mut response = facts.headed(status, wanted, body);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(part) = part {
        let shown = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        set(&mut response, header::CONTENT_RANGE, &shown);
    }
    Ok(response)
}

/// An image in another size.
pub(super) fn of_image(
    object: &Object,
    image: Rendered,
    parts: &Parts,
    wanted: &Wanted,
) -> Response {
    let facts = Facts {
        media_type: image.media_type,
        e_tag: &image.e_tag,
        modified: None,
        cache_control: &object.metadata.cache_control,
        name: last_step(&object.name),
    };
    match facts.is_known(&parts.headers) {
        true => facts.headed(StatusCode::NOT_MODIFIED, wanted, Body::empty()),
        false => facts.headed(StatusCode::OK, wanted, Body::from(image.bytes)),
    }
}

/// What headers tell of a content.
struct Facts<'a> {
    media_type: &'a str,
    e_tag: &'a str,
    modified: Option<DateTime<Utc>>,
    cache_control: &'a str,
    name: &'a str,
}

impl Facts<'_> {
    /// Whether the client has it already.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        if let Some(known) = text(headers, header::IF_NONE_MATCH) {
            let known = known.split(',').map(str::trim);
            return known
                .into_iter()
                .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.e_tag);
        }
        let since = text(headers, header::IF_MODIFIED_SINCE).and_then(moment);
        since
            .zip(self.modified)
            .is_some_and(|(since, at)| at.timestamp() <= since.timestamp())
    }

    /// Whether a part that the client asks for is of the content that it knows.
    fn is_current(&self, headers: &HeaderMap) -> bool {
        match text(headers, header::IF_RANGE) {
            None => true,
            Some(tag) if tag.starts_with('"') => tag == self.e_tag,
            Some(date) => moment(date)
                .zip(self.modified)
                .is_some_and(|(date, at)| at.timestamp() == date.timestamp()),
        }
    }

    fn headed(&self, status: StatusCode, wanted: &Wanted, body: Body) -> Response {
        let mut response = (status, body).into_response();
        set(
            &mut response,
            header::CONTENT_TYPE,
            handed_out(self.media_type),
        );
        set(&mut response, header::ETAG, self.e_tag);
        set(&mut response, header::ACCEPT_RANGES, "bytes");
        set(&mut response, header::CONTENT_SECURITY_POLICY, POLICY);
        set(&mut response, X_ROBOTS_TAG, "none");
        if let Some(at) = self.modified {
            set(&mut response, header::LAST_MODIFIED, &date_of(at));
        }
        let caches = wanted.audience.caches(self.cache_control);
        set(&mut response, header::CACHE_CONTROL, &caches);
        let download = match wanted.download.as_deref() {
            None if !may_run(self.media_type) => None,
            None | Some("") => Some(self.name),
            Some(name) => Some(name),
        };
        if let Some(name) = download {
            let encoded = encoded(name);
            let shown = format!(
                "attachment; filename=\"{}\"; filename*=UTF-8''{encoded}",
                plain(name)
            );
            set(&mut response, header::CONTENT_DISPOSITION, &shown);
        }
        response.extensions_mut().insert(Uncompressed);
        response
    }
}

impl Audience {
    /// What caches are told of a file whose uploader says `stated`.
    fn caches<'a>(self, stated: &'a str) -> Cow<'a, str> {
        match self {
            Audience::Everybody => Cow::Borrowed(stated),
            Audience::Caller => {
                let shared = |directive: &&str| {
                    let name = directive.split('=').next().unwrap_or_default().trim();
                    ["public", "private", "s-maxage", "proxy-revalidate", ""]
                        .iter()
                        .any(|shared| name.eq_ignore_ascii_case(shared))
                };
                let own = stated.split(',').map(str::trim);
                let own = own.filter(|directive| !shared(directive));
                let all: Vec<&str> = std::iter::once("private").chain(own).collect();
                Cow::Owned(all.join(", "))
            }
            // As long as its address is good, no longer.
            Audience::Bearer { expires_s } => {
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                let now_s = now.map(|now| now.as_secs()).unwrap_or_default();
                let left = expires_s.saturating_sub(now_s);
                Cow::Owned(format!("private, max-age={left}"))
            }
        }
    }
}

/// What cannot stand in a header is left out: it came from an uploader.
fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc2822(text).ok()?;
    Some(moment.with_timezone(&Utc))
}

/// A moment as HTTP writes it.
pub(super) fn date_of(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A name in the letters that every client reads between quotes.
fn plain(name: &str) -> String {
    let letter = |c: char| match c {
        '"' | '\\' | '%' => '_',
        c if c.is_ascii_graphic() || c == ' ' => c,
        _ => '_',
    };
    name.chars().map(letter).collect()
}

/// A name as headers have it: all but letters, digits and a few marks become `%XX`.
fn encoded(name: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~!".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_downloads_say_nothing_else() {
        assert_eq!(encoded("Übung 1.pdf"), "%C3%9Cbung%201.pdf");
        assert_eq!(plain("a\"; x=\"b\r\n.txt"), "a_; x=_b__.txt");
        assert_eq!(encoded("a\"\r\n"), "a%22%0D%0A");
    }

    #[test]
    fn what_is_not_for_everybody_is_for_no_shared_cache() {
        for (stated, told) in [
            ("max-age=60", "private, max-age=60"),
            ("public, max-age=60", "private, max-age=60"),
            ("Public,S-MaxAge=9, immutable", "private, immutable"),
            ("private=\"x\", no-cache", "private, no-cache"),
            ("no-store", "private, no-store"),
            ("", "private"),
        ] {
            assert_eq!(Audience::Caller.caches(stated), told, "{stated}");
            assert_eq!(Audience::Everybody.caches(stated), stated);
            let signed = Audience::Bearer { expires_s: 0 };
            assert_eq!(signed.caches(stated), "private, max-age=0");
        }
    }

    #[test]
    fn moments_are_those_of_http() {
        let at = moment("Sun, 06 Nov 1994 08:49:37 GMT").expect("a date");
        assert_eq!(date_of(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
