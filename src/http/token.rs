//! Where a request, a handshake or a message carries its token. The one place that reads tokens; the verifier makes
//! callers of them.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, header};
use serde_json::{Map, Value};

use crate::error::{Code, Error, Result};

/// The header by which Supabase's clients and GraphQL's may send a key.
const APIKEY: HeaderName = HeaderName::from_static("apikey");
/// The one by which clients of Supabase's sockets may.
const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The token of a request: in `Authorization`, else in `apikey`.
///
/// # Errors
/// UNAUTHENTICATED when either is there and holds none: a token that is not understood is never taken for none.
pub(crate) fn of_headers(headers: &HeaderMap) -> Result<Option<&str>> {
    match of_authorization(headers)? {
        Some(token) => Ok(Some(token)),
        None => of_apikey(headers),
    }
}

/// The token in `Authorization` alone, which says who calls where `apikey` says by which program.
///
/// # Errors
/// UNAUTHENTICATED when the header is there and holds none.
pub(crate) fn of_authorization(headers: &HeaderMap) -> Result<Option<&str>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let token = value.to_str().ok().and_then(bearer);
    token.map(Some).ok_or_else(|| {
        Error::new(
            Code::Unauthenticated,
            "The Authorization header must be: Bearer, a space, and a token",
        )
    })
}

/// The key in `apikey`.
///
/// # Errors
/// UNAUTHENTICATED when the header is there and holds none.
pub(crate) fn of_apikey(headers: &HeaderMap) -> Result<Option<&str>> {
    match headers.get(APIKEY).map(|value| value.to_str()) {
        None => Ok(None),
        Some(Ok(token)) if !token.is_empty() => Ok(Some(token)),
        Some(_) => Err(Error::new(
            Code::Unauthenticated,
            "The apikey header holds no token",
        )),
    }
}

/// The `apikey` of an address.
pub(crate) fn of_query(query: Option<&str>) -> Option<String> {
    let query = query.filter(|query| query.contains("apikey="))?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(name, _)| name == "apikey")
        .map(|(_, token)| token.into_owned())
}

/// The key of a handshake of Supabase's sockets: browsers can put it into the address only.
pub(crate) fn of_handshake<'a>(
    headers: &'a HeaderMap,
    query: Option<&str>,
) -> Option<Cow<'a, str>> {
    let header = headers.get(X_API_KEY).and_then(|value| value.to_str().ok());
    let token = header
        .map(Cow::Borrowed)
        .or_else(|| of_query(query).map(Cow::Owned));
    token.filter(|token| !token.is_empty())
}

/// The token in the payload of a GraphQL socket's `connection_init` or `ping`: by the names of headers, also below
/// `headers`.
pub(super) fn of_payload(fields: &Map<String, Value>) -> Option<String> {
    let nested = fields.get("headers").and_then(Value::as_object);
    let mut apikey = None;
    for (name, value) in [Some(fields), nested].into_iter().flatten().flatten() {
        let value = value.as_str().map(str::trim);
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            continue;
        };
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        if is("authorization") || is("access_token") || is("accessToken") {
            return Some(bearer(value).unwrap_or(value).to_owned());
        }
        if is("apikey") {
            apikey = Some(value.to_owned());
        }
    }
    apikey
}

/// The token behind `Bearer`.
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn headers_hold_one_token_or_none_or_are_refused() {
        let read = |pairs: &[_]| {
            let headers = headers(pairs);
            of_headers(&headers)
                .map(|token| token.map(str::to_owned))
                .map_err(|error| error.code())
        };
        let token = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[("authorization", "bearer  a.b.c ")]), token("a.b.c"));
        assert_eq!(read(&[("apikey", "k")]), token("k"));
        let both = [("apikey", "k"), ("authorization", "Bearer t")];
        assert_eq!(read(&both), token("t"));
        for refused in [
            &[("authorization", "Basic dTpw"), ("apikey", "k")][..],
            &[("authorization", "Bearer ")],
            &[("apikey", "")],
        ] {
            assert_eq!(read(refused), Err(Code::Unauthenticated), "{refused:?}");
        }
    }

    #[test]
    fn handshakes_carry_a_key_in_a_header_or_in_the_address() {
        let of = |pairs: &[_], query| of_handshake(&headers(pairs), query).map(Cow::into_owned);
        assert_eq!(of(&[], None), None);
        assert_eq!(
            of(&[], Some("vsn=2.0.0&apikey=a%2Eb")),
            Some("a.b".to_owned())
        );
        assert_eq!(
            of(&[("x-api-key", "h")], Some("apikey=q")),
            Some("h".to_owned())
        );
        assert_eq!(of(&[], Some("apikey=")), None);
    }

    #[test]
    fn payloads_carry_it_by_the_names_of_headers() {
        let of = |payload: Value| of_payload(payload.as_object().unwrap());
        assert_eq!(of(json!({"Authorization": "Bearer t"})).unwrap(), "t");
        assert_eq!(of(json!({"accessToken": " t "})).unwrap(), "t");
        assert_eq!(
            of(json!({"headers": {"authorization": "Bearer n"}})).unwrap(),
            "n"
        );
        let both = json!({"apikey": "k", "headers": {"access_token": "t"}});
        assert_eq!(of(both).unwrap(), "t", "a token goes before a key");
        assert_eq!(of(json!({"apikey": "k"})).unwrap(), "k");
        assert_eq!(of(json!({"authorization": 1, "other": "x"})), None);
    }
}
