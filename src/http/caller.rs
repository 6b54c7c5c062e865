//! Who sends a request: its token, and what surrounds it.

use std::{net::IpAddr, net::SocketAddr, sync::Arc};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, header, request::Parts},
};
use uuid::Uuid;

use super::Http;
use crate::{
    auth::Caller,
    error::{Code, Error, Result},
    graphql::RequestContext,
};

impl Http {
    /// The context of an HTTP request. The bearer token decides who calls, else the `apikey` (header or query)
    /// as on Supabase; without either the caller is anonymous.
    ///
    /// # Errors
    /// UNAUTHENTICATED for a token that is not valid: it is never taken for none.
    pub(super) async fn context(&self, parts: &Parts) -> Result<RequestContext> {
        self.address.watch(&parts.uri, &parts.headers);
        let caller = match token_of(&parts.headers)? {
            Some(token) => self.verifier.verify(token).await?,
            None => match query_apikey(parts.uri.query()) {
                Some(token) => self.verifier.verify(&token).await?,
                None => Arc::clone(&self.anonymous),
            },
        };
        let text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(Arc::from)
        };
        let client_ip = client_ip(self.transports.proxies, &parts.headers, peer_of(parts));
        Ok(RequestContext {
            caller: caller.seen_at(client_ip),
            request_id: Uuid::now_v7(),
            client_ip,
            user_agent: text(header::USER_AGENT),
            idempotency_key: text(super::IDEMPOTENCY_KEY),
        })
    }
}

fn peer_of(parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(peer)| peer.ip())
}

/// The client's address: the connection's (`peer`), or what the outermost of our proxies saw.
pub(crate) fn client_ip(proxies: u8, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
    let Some(skipped) = usize::from(proxies).checked_sub(1) else {
        return peer;
    };
    // Each proxy appends the address it saw; what stands further left is the client's own claim.
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut addresses: Vec<&str> = forwarded
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    addresses.reverse();
    addresses
        .get(skipped)
        .and_then(|address| address.parse().ok())
        .or(peer)
}

/// The token of an `Authorization` or `apikey` header.
fn token_of(headers: &HeaderMap) -> Result<Option<&str>> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(bearer);
        return token.map(Some).ok_or_else(|| {
            Error::new(
                Code::Unauthenticated,
                "The Authorization header must be: Bearer, a space, and a token",
            )
        });
    }
    match headers.get("apikey").map(|value| value.to_str()) {
        None => Ok(None),
        Some(Ok(token)) if !token.is_empty() => Ok(Some(token)),
        Some(_) => Err(Error::new(
            Code::Unauthenticated,
            "The apikey header holds no token",
        )),
    }
}

/// The token behind `Bearer`.
pub(super) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn query_apikey(query: Option<&str>) -> Option<String> {
    let query = query.filter(|query| query.contains("apikey="))?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(name, _)| name == "apikey")
        .map(|(_, token)| token.into_owned())
}

/// Whether one caller may go on where another began: same role, same user.
pub(super) fn same_caller(one: &Caller, other: &Caller) -> bool {
    one.role == other.role && one.user_id == other.user_id
}
