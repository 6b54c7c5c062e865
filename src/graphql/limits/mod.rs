//! What one request may ask. The checks run in the order in which a request could do harm: the text before
//! it is parsed (by a flat scan, because the parser recurses), the document before it is validated, the
//! variables while they are read, pages and cost before anything runs.

mod shape;
mod tokens;
mod values;

pub use shape::Shapes;
pub(super) use tokens::{end_of_string, with_blanks};

use async_graphql::parser::types::ExecutableDocument;
use serde_json::{Map, Value};

use crate::{
    config::LimitSettings,
    error::{Error, Result},
};

/// A document of as many tokens as are allowed may have as many operations that share all of them.
const VISITS_PER_TOKEN: u64 = 20;

/// The limits in force on every transport.
#[derive(Debug, Clone)]
pub struct Limits {
    settings: LimitSettings,
}

impl Limits {
    /// The limits that the settings name.
    pub fn new(settings: LimitSettings) -> Self {
        Limits { settings }
    }

    /// The settings behind the limits.
    pub fn settings(&self) -> &LimitSettings {
        &self.settings
    }

    /// Looks at a document's text, before it is parsed: bytes, tokens, nesting. Takes time in proportion to the
    /// text up to the limit, and no memory. Answers the number of tokens.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED.
    pub fn check_text(&self, document: &str) -> Result<u64> {
        let allowed = self.settings.max_document_bytes;
        if document.len() as u64 > allowed {
            return Err(Error::limit_exceeded(
                "documentBytes",
                allowed,
                format!("The document is longer than {allowed} bytes"),
            ));
        }
        tokens::check(
            document,
            self.settings.max_tokens,
            self.settings.max_nesting,
        )
    }

    /// Looks at how many operations there are in a document of so many tokens: whatever they share is
    /// validated for each of them.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED.
    pub fn check_operations(&self, document: &ExecutableDocument, tokens: u64) -> Result<()> {
        let most = self.settings.max_tokens.saturating_mul(VISITS_PER_TOKEN);
        let allowed = most / tokens.max(1);
        if document.operations.iter().len() as u64 > allowed {
            let message = format!(
                "A document of {tokens} tokens has at most {allowed} operations: send them in several documents"
            );
            return Err(Error::limit_exceeded("operations", allowed, message));
        }
        Ok(())
    }

    /// Looks at a parsed document, before it is validated: depth, fields and aliases of each operation with its
    /// fragments. What it returns belongs beside the document, for [`Limits::check_operation`].
    ///
    /// # Errors
    /// LIMIT_EXCEEDED; GRAPHQL_VALIDATION_FAILED for fragments that spread themselves.
    pub fn check_document(&self, document: &ExecutableDocument) -> Result<Shapes> {
        Shapes::of(document, &self.settings)
    }

    /// Looks at one request of a checked document: the rows of its pages and its cost.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED.
    pub fn check_operation(
        &self,
        shapes: &Shapes,
        operation_name: Option<&str>,
        variables: &Map<String, Value>,
    ) -> Result<()> {
        shapes.check(operation_name, variables, &self.settings)
    }

    /// Reads the JSON text of `variables` or `extensions` (an object or null; `name` says which), counting its
    /// values on the way, so that a hostile text is refused before it has been built up in memory.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED; BAD_USER_INPUT when it is something else than an object.
    pub fn read_object(&self, name: &str, json: &str) -> Result<Map<String, Value>> {
        values::read(name, json, self.settings.max_list, self.settings.max_values)
    }
}

#[cfg(test)]
mod shape_tests;
