//! Parsing and validation by async-graphql, without its execution.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{
    Response, ServerError, ServerResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery},
    parser::types::ExecutableDocument,
};

use super::{Limits, Shapes, schema::Schema};
use crate::error::{Code, Error};

/// The extension that stops async-graphql after validation and hands the parsed document over.
pub struct CaptureDocument;

/// Where a request finds its parsed document, measured before it is validated.
struct Captured {
    limits: Limits,
    document: Mutex<Option<(ExecutableDocument, Shapes)>>,
    refused: Mutex<Option<Error>>,
}

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
        let Some(captured) = ctx.data_opt::<Arc<Captured>>() else {
            return Ok(document);
        };
        match captured.limits.check_document(&document) {
            Ok(shapes) => put(&captured.document, (document.clone(), shapes)),
            Err(error) => {
                let stopped = ServerError::new(error.message(), None);
                put(&captured.refused, error);
                return Err(stopped);
            }
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

fn put<T>(slot: &Mutex<Option<T>>, value: T) {
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
}

fn take<T>(slot: &Mutex<Option<T>>) -> Option<T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// A fault of a document, with the places in it.
#[derive(Debug, Clone)]
pub struct DocumentError {
    /// What is wrong.
    pub error: Error,
    /// Where: line and column, counted from one.
    pub locations: Vec<(usize, usize)>,
}

/// Parses and validates a document, within the limits: its text is looked at before it is parsed, the
/// parsed document before it is validated.
///
/// # Errors
/// All faults that were found: of syntax, or against the schema; or the limit that it exceeds.
pub async fn validate(
    schema: &Schema,
    limits: &Limits,
    query: &str,
    operation_name: Option<&str>,
) -> Result<(ExecutableDocument, Shapes), Vec<DocumentError>> {
    let refused = |error| {
        vec![DocumentError {
            error,
            locations: Vec::new(),
        }]
    };
    limits.check_text(query).map_err(refused)?;
    let captured = Arc::new(Captured {
        limits: limits.clone(),
        document: Mutex::default(),
        refused: Mutex::default(),
    });
    let mut request = async_graphql::Request::new(query).data(captured.clone());
    if let Some(name) = operation_name {
        request = request.operation_name(name);
    }
    let response = schema.dynamic.execute(request).await;
    if let Some(error) = take(&captured.refused) {
        return Err(refused(error));
    }
    let code = match take(&captured.document) {
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
