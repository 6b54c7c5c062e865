//! What a request carries beside what it asks.

use std::{net::IpAddr, sync::Arc};

use axum::http::{Method, Uri, request::Parts};

use super::Caller;
use crate::request_id::RequestId;

/// What surrounds a request: who sent it, from where.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// On whose behalf it runs.
    pub caller: Arc<Caller>,
    /// Names this request in the log and in its answer.
    pub request_id: RequestId,
    /// The HTTP request that brought it; on a socket the one that opened it.
    pub route: Route,
    /// The address of the client, where the transport knows it.
    pub client_ip: Option<IpAddr>,
    /// The `User-Agent` header.
    pub user_agent: Option<Arc<str>>,
    /// The `Idempotency-Key` header: a repeated mutation returns the first answer.
    pub idempotency_key: Option<Arc<str>>,
}

/// The claim by which a mutation asks the database to log what its caller does. A token's own is thrown away.
pub const ACTIVITY_CLAIM: &str = "mindloom_activity";

/// The method and address of an HTTP request; empty for what came another way. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Route(Option<(Method, Uri)>);

impl Route {
    /// That of a request.
    pub fn of(parts: &Parts) -> Self {
        Route(Some((parts.method.clone(), parts.uri.clone())))
    }

    /// The method.
    pub fn method(&self) -> Option<&str> {
        self.0.as_ref().map(|(method, _)| method.as_str())
    }

    /// The path alone: what follows a question mark may hold tokens.
    pub fn path(&self) -> Option<&str> {
        self.0.as_ref().map(|(_, uri)| uri.path())
    }
}
