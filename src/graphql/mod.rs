//! GraphQL in front of the engine: requests in, responses out, over any transport.

mod introspection;
mod request;
mod response;
pub mod schema;
mod service;
mod subscribe;
pub mod validation;

pub use request::{OperationKind, Request, RequestContext};
pub use response::{Response, ResponseStream};
pub use service::{Graphql, StartError, build_schema, read_model};
