//! Who sends a request: its token, and what surrounds it.

use std::{net::IpAddr, net::SocketAddr, sync::Arc};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, header, request::Parts},
};

use super::{Http, forwarded::of_our_proxies, token};
use crate::{
    auth::{Caller, Route},
    error::Result,
    graphql::RequestContext,
    request_id::RequestId,
};

impl Http {
    /// The context of an HTTP request. The bearer token decides who calls, else the `apikey` (header or query)
    /// as on Supabase; without either the caller is anonymous.
    ///
    /// # Errors
    /// UNAUTHENTICATED for a token that is not valid: it is never taken for none.
    pub(crate) async fn context(&self, parts: &Parts) -> Result<RequestContext> {
        let caller = match token::of_headers(&parts.headers)? {
            Some(token) => self.verifier.verify(token).await?,
            None => match token::of_query(parts.uri.query()) {
                Some(token) => self.verifier.verify(&token).await?,
                None => Arc::clone(&self.anonymous),
            },
        };
        Ok(self.surroundings(parts, caller))
    }

    /// The same for GraphQL, which changes nothing for an administrator who acts as the caller.
    ///
    /// # Errors
    /// As [`Self::context`].
    pub(super) async fn reader_context(&self, parts: &Parts) -> Result<RequestContext> {
        let caller = match token::of_headers(&parts.headers)? {
            Some(token) => self.verifier.verify_reader(token).await?,
            None => match token::of_query(parts.uri.query()) {
                Some(token) => self.verifier.verify_reader(&token).await?,
                None => Arc::clone(&self.anonymous),
            },
        };
        Ok(self.surroundings(parts, caller))
    }

    /// What surrounds an HTTP request of a caller who is known.
    pub(crate) fn surroundings(&self, parts: &Parts, caller: Arc<Caller>) -> RequestContext {
        self.address.watch(&parts.uri, &parts.headers);
        let text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(Arc::from)
        };
        let client_ip = client_ip(self.transports.proxies, &parts.headers, peer_of(parts));
        RequestContext {
            caller: caller.seen_at(client_ip),
            request_id: RequestId::current_or_new(),
            route: Route::of(parts),
            client_ip,
            user_agent: text(header::USER_AGENT),
            idempotency_key: text(super::IDEMPOTENCY_KEY),
        }
    }

    /// Whether a proxy of the operator's tells where requests come from.
    pub(crate) fn is_behind_proxies(&self) -> bool {
        self.transports.proxies > 0
    }

    /// What surrounds an HTTP request that asks for no token: what it carries says nothing about who is there.
    pub(crate) fn surroundings_of_nobody(&self, parts: &Parts) -> RequestContext {
        self.surroundings(parts, Arc::clone(&self.anonymous))
    }
}

fn peer_of(parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(peer)| peer.ip())
}

/// The client's address: the connection's (`peer`), or what the outermost of our proxies saw.
pub(crate) fn client_ip(proxies: u8, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
    of_our_proxies(headers, "x-forwarded-for", proxies)
        .and_then(|address| address.parse().ok())
        .or(peer)
}

/// Whether one caller may go on where another began: same role, same user, and themselves both times or not.
pub(super) fn same_caller(one: &Caller, other: &Caller) -> bool {
    one.role == other.role && one.user_id == other.user_id && one.acting == other.acting
}
