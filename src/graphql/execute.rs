//! What transports need of GraphQL.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Graphql, OperationKind, Request, RequestContext, Response, ResponseStream};

/// Runs operations. The server's is the engine; the tests of the transports bring their own.
#[async_trait]
pub trait Execute: Send + Sync + 'static {
    /// Runs a query or mutation to its end. Dropping the future gives up the operation.
    async fn execute(&self, request: &Request, context: &RequestContext) -> Response;

    /// Which kind of operation a request names.
    ///
    /// # Errors
    /// The answer to a request whose document or operation cannot be had.
    async fn operation_kind(
        &self,
        request: &Request,
        context: &RequestContext,
    ) -> Result<OperationKind, Response>;

    /// Starts a subscription. Dropping the stream ends it.
    ///
    /// # Errors
    /// The answer to a request that is refused.
    async fn subscribe(
        self: Arc<Self>,
        request: Request,
        context: RequestContext,
    ) -> Result<ResponseStream, Response>;
}

#[async_trait]
impl Execute for Graphql {
    async fn execute(&self, request: &Request, context: &RequestContext) -> Response {
        Graphql::execute(self, request, context).await
    }

    async fn operation_kind(
        &self,
        request: &Request,
        context: &RequestContext,
    ) -> Result<OperationKind, Response> {
        Graphql::operation_kind(self, request, &context.caller)
    }

    async fn subscribe(
        self: Arc<Self>,
        request: Request,
        context: RequestContext,
    ) -> Result<ResponseStream, Response> {
        Graphql::subscribe(&self, request, context).await
    }
}
