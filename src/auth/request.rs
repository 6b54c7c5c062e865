//! What a request carries beside what it asks.

use std::{net::IpAddr, sync::Arc};

use super::Caller;
use crate::request_id::RequestId;

/// What surrounds a request: who sent it, from where.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// On whose behalf it runs.
    pub caller: Arc<Caller>,
    /// Names this request in the log and in its answer.
    pub request_id: RequestId,
    /// The address of the client, where the transport knows it.
    pub client_ip: Option<IpAddr>,
    /// The `User-Agent` header.
    pub user_agent: Option<Arc<str>>,
    /// The `Idempotency-Key` header: a repeated mutation returns the first answer.
    pub idempotency_key: Option<Arc<str>>,
}
