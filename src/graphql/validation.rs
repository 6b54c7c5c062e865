//! Parsing and validation by async-graphql, without its execution.

use std::sync::{Arc, Mutex};

use async_graphql::{
    Response, ServerResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery},
    parser::types::ExecutableDocument,
};

use super::schema::Schema;
use crate::error::{Code, Error};

/// The extension that stops async-graphql after validation and hands the parsed document over.
pub struct CaptureDocument;

/// Where a request finds its parsed document.
#[derive(Default)]
struct Captured(Mutex<Option<ExecutableDocument>>);

impl ExtensionFactory for CaptureDocument {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(CaptureDocument)
    }
}

#[async_trait::async_trait]
impl Extension for CaptureDocument {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(ctx, query, variables).await?;
        if let Some(captured) = ctx.data_opt::<Arc<Captured>>()
            && let Ok(mut slot) = captured.0.lock()
        {
            *slot = Some(document.clone());
        }
        Ok(document)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if ctx.data_opt::<Arc<Captured>>().is_some() {
            return Response::new(async_graphql::Value::Null);
        }
        next.run(ctx, operation_name).await
    }
}

/// A fault of a document, with the places in it.
#[derive(Debug, Clone)]
pub struct DocumentError {
    /// What is wrong.
    pub error: Error,
    /// Where: line and column, counted from one.
    pub locations: Vec<(usize, usize)>,
}

/// Parses and validates a document.
///
/// # Errors
/// All faults that were found: of syntax, or against the schema.
pub async fn validate(
    schema: &Schema,
    query: &str,
    operation_name: Option<&str>,
) -> Result<ExecutableDocument, Vec<DocumentError>> {
    let captured = Arc::new(Captured::default());
    let mut request = async_graphql::Request::new(query).data(captured.clone());
    if let Some(name) = operation_name {
        request = request.operation_name(name);
    }
    let response = schema.dynamic.execute(request).await;
    let document = captured.0.lock().ok().and_then(|mut slot| slot.take());
    let code = match document {
        Some(document) if response.errors.is_empty() => return Ok(document),
        Some(_) => Code::GraphqlValidationFailed,
        None => Code::GraphqlParseFailed,
    };
    let errors = response.errors.into_iter().map(|error| DocumentError {
        error: Error::new(code, error.message),
        locations: error
            .locations
            .iter()
            .map(|at| (at.line, at.column))
            .collect(),
    });
    Err(errors.collect())
}
