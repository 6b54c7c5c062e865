//! What a client asks, whichever transport brought it.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

/// A GraphQL request: the document is resolved already when it was named by its hash.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The document.
    pub query: Arc<str>,
    /// Which operation of the document to run; needed when it has several.
    #[serde(default)]
    pub operation_name: Option<String>,
    /// The values of the operation's variables.
    #[serde(default)]
    pub variables: Map<String, Value>,
    /// Anything else that client and server agreed on.
    #[serde(default)]
    pub extensions: Map<String, Value>,
}

impl Request {
    /// The SHA-256 of what is asked: document, operation and variables.
    pub fn hash(&self) -> [u8; 32] {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        hash.update(self.query.as_bytes());
        hash.update([0]);
        hash.update(self.operation_name.as_deref().unwrap_or_default());
        hash.update([0]);
        hash.update(serde_json::to_string(&self.variables).unwrap_or_default());
        hash.finalize().into()
    }
}

/// The kinds of operations in GraphQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Reads.
    Query,
    /// Writes, then reads.
    Mutation,
    /// Reads again and again.
    Subscription,
}
