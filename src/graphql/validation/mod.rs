//! Documents, judged by all rules of the GraphQL specification (September 2025) before anything is
//! made of them.
//!
//! apollo-compiler judges; what is executed is made of the very syntax tree that was judged. Nearly all documents are
//! read by `plain`, which is quick. What it does not read, and what is not right, apollo-compiler parses, which knows the
//! place of everything; then every token of the text must be found in the tree. Some things it leaves open, and `values`
//! decides them: fields that stand twice in an input object, variables inside of values, and what the schema's own
//! scalars can represent.

mod convert;
mod descriptions;
mod fault;
mod plain;
#[cfg(test)]
mod plain_tests;
mod positions;
mod report;
mod subscription;
mod suggest;
mod values;
mod written;

use std::borrow::Cow;

use apollo_compiler::{Schema, ast, parser::Parser, validation::Valid};
use async_graphql::parser::types::ExecutableDocument;

use super::{Limits, Shapes, limits::with_blanks};
use crate::{
    error::{Code, Error},
    schema::Rules,
};

use convert::Origin;
pub use report::DocumentError;

/// Parses and validates a document, within the limits: its text is looked at before it is parsed, the
/// parsed document before it is validated, which walks fragments as often as they are spread.
///
/// # Errors
/// The faults that were found: of syntax, or against the schema; or the limit that it exceeds.
pub fn validate(
    rules: &Rules,
    limits: &Limits,
    text: &str,
) -> Result<(ExecutableDocument, Shapes), Vec<DocumentError>> {
    let refused = |error| vec![DocumentError::nowhere(error)];
    let tokens = limits.check_text(text).map_err(refused)?;
    if let Some((parsed, document)) = read_plain(text) {
        limits
            .check_operations(&document, tokens)
            .map_err(refused)?;
        let shapes = limits.check_document(&document).map_err(refused)?;
        if is_valid(rules.schema().map_err(refused)?, &parsed) {
            return Ok((document, shapes));
        }
    }
    parse_and_judge(rules, limits, text, tokens)
}

/// What a plain document asks, with the syntax tree to judge it by.
fn read_plain(text: &str) -> Option<(ast::Document, ExecutableDocument)> {
    let plain::Read { document, fields } = plain::read(text)?;
    let converted = convert::executable(&document, text, Origin::Read { fields });
    Some((document, converted.ok()?))
}

fn is_valid(schema: &Valid<Schema>, parsed: &ast::Document) -> bool {
    parsed.to_executable_validate(schema).is_ok_and(|document| {
        values::check(schema, &document).faults.is_empty()
            && subscription::check(&document).is_empty()
    })
}

/// The same with a tree that knows where everything stands, so that what is wrong can be told.
fn parse_and_judge(
    rules: &Rules,
    limits: &Limits,
    text: &str,
    tokens: u64,
) -> Result<(ExecutableDocument, Shapes), Vec<DocumentError>> {
    let refused = |error| vec![DocumentError::nowhere(error)];
    let blanked = descriptions::blanked(text);
    let tokens = match &blanked {
        Cow::Borrowed(_) => tokens,
        Cow::Owned(text) => limits.check_text(text).map_err(refused)?,
    };
    let blanked = with_blanks(&blanked);
    let parsed = parse(limits, &blanked)?;
    let document = convert::executable(&parsed, &blanked, Origin::Parsed { tokens })?;
    limits
        .check_operations(&document, tokens)
        .map_err(refused)?;
    let shapes = limits.check_document(&document).map_err(refused)?;
    let schema = rules.schema().map_err(refused)?;
    let faults = judge(schema, &parsed);
    match faults.is_empty() {
        true => Ok((document, shapes)),
        false => Err(faults),
    }
}

/// What the parser nests for each bracket of a document; the limit on those is checked before.
const LEVELS_PER_BRACKET: u64 = 4;

fn parse(limits: &Limits, text: &str) -> Result<ast::Document, Vec<DocumentError>> {
    let nesting = limits.settings().max_nesting.saturating_add(1) * LEVELS_PER_BRACKET;
    let mut parser = Parser::new().recursion_limit(usize::try_from(nesting).unwrap_or(usize::MAX));
    let parsed = parser
        .parse_ast(text, "document")
        .map_err(|faulty| report::syntax(&faulty.errors))?;
    if parsed.definitions.is_empty() {
        let message = "Syntax error: the document is empty";
        return Err(vec![DocumentError::nowhere(Error::new(
            Code::GraphqlParseFailed,
            message,
        ))]);
    }
    Ok(parsed)
}

fn judge(schema: &Valid<Schema>, parsed: &ast::Document) -> Vec<DocumentError> {
    let judged = parsed.to_executable_validate(schema);
    let (document, diagnostics) = match &judged {
        Ok(valid) => (&**valid, None),
        Err(faulty) => (&faulty.partial, Some(&faulty.errors)),
    };
    let mut judged = values::check(schema, document);
    judged.faults.extend(subscription::check(document));
    if judged.faults.is_empty() && diagnostics.is_none() {
        return Vec::new();
    }
    report::document(schema, parsed, document, &judged, diagnostics)
}
