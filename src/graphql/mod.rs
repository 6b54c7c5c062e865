//! GraphQL in front of the engine: requests in, responses out, over any transport.

mod acting;
mod changes;
mod documents;
mod execute;
mod figures;
mod limits;
mod persisted;
mod questions;
mod request;
mod response;
mod schemas;
mod service;
mod streams;
mod subscribe;
pub mod validation;

pub use crate::auth::RequestContext;
pub use execute::Execute;
pub use limits::{Limits, Shapes};
pub use persisted::{DocumentReference, DocumentsError, PersistedDocuments};
pub use request::{OperationKind, Request};
#[cfg(test)]
pub(crate) use response::encode;
pub use response::{Passing, Response, ResponseStream};
pub use schemas::{StartError, build_schema, build_schemas, read_model};
pub use service::Graphql;
