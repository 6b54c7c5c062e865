//! GraphQL in front of the engine: requests in, responses out, over any transport.

mod request;
mod response;
pub mod schema;
pub mod validation;

pub use request::{OperationKind, Request, RequestContext};
pub use response::{Response, ResponseStream};
