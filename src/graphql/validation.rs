//! Parsing and validation by async-graphql, without its execution.

use std::sync::Arc;

use async_graphql::{
    Response, ServerError,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
    parser::{parse_query, types::ExecutableDocument},
};

use super::{Limits, Shapes, schema::Schema};
use crate::error::{Code, Error};

/// The extension that stops async-graphql after validation.
pub struct StopBeforeExecution;

/// Marks a request that is validated only.
struct Validated;

impl ExtensionFactory for StopBeforeExecution {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(StopBeforeExecution)
    }
}

#[async_trait::async_trait]
impl Extension for StopBeforeExecution {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if ctx.data_opt::<Validated>().is_some() {
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

impl DocumentError {
    /// One that is about the document as a whole.
    pub(super) fn of(error: Error) -> Vec<Self> {
        vec![DocumentError {
            error,
            locations: Vec::new(),
        }]
    }
}

/// Parses and validates a document, within the limits: its text is looked at before it is parsed, the
/// parsed document before async-graphql sees it, which walks fragments as often as they are spread.
///
/// # Errors
/// All faults that were found: of syntax, or against the schema; or the limit that it exceeds.
pub async fn validate(
    schema: &Schema,
    limits: &Limits,
    query: &str,
    operation_name: Option<&str>,
) -> Result<(ExecutableDocument, Shapes), Vec<DocumentError>> {
    limits.check_text(query).map_err(DocumentError::of)?;
    let document = parse_query(query)
        .map_err(|error| vec![document_error(Code::GraphqlParseFailed, error.into())])?;
    let shapes = limits
        .check_document(&document)
        .map_err(DocumentError::of)?;
    let mut request = async_graphql::Request::new(query).data(Validated);
    request.set_parsed_query(document.clone());
    if let Some(name) = operation_name {
        request = request.operation_name(name);
    }
    let response = schema.dynamic.execute(request).await;
    if response.errors.is_empty() {
        return Ok((document, shapes));
    }
    let errors = response.errors.into_iter();
    Err(errors
        .map(|error| document_error(Code::GraphqlValidationFailed, error))
        .collect())
}

fn document_error(code: Code, error: ServerError) -> DocumentError {
    DocumentError {
        error: Error::new(code, error.message),
        locations: error
            .locations
            .iter()
            .map(|at| (at.line, at.column))
            .collect(),
    }
}
