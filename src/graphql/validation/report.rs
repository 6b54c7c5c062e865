//! What is wrong with a document, for the person who wrote it.

use std::borrow::Cow;

use apollo_compiler::{
    ExecutableDocument, Schema, ast, diagnostic::ToCliReport, parser::SourceSpan,
    validation::DiagnosticList,
};

use super::{
    fault::{FAULTS_MAX, Findings},
    suggest,
    written::Written,
};
use crate::error::{Code, Error};

/// Rules on values that are judged once more, with words on what is allowed.
const VALUE_RULES: [&str; 7] = [
    "DisallowedVariableUsage",
    "FloatCoercionError",
    "IntCoercionError",
    "RequiredField",
    "UndefinedEnumValue",
    "UndefinedInputValue",
    "UnsupportedValueType",
];

/// Rules that are judged by others of ours alone.
const OWN_RULES: [&str; 1] = ["SubscriptionUsesMultipleFields"];

/// A fault of a document, with the places in it.
#[derive(Debug, Clone)]
pub struct DocumentError {
    /// What is wrong.
    pub error: Error,
    /// Where: line and column, counted from one.
    pub locations: Vec<(usize, usize)>,
}

impl DocumentError {
    /// A fault of the document as a whole.
    pub(in crate::graphql) fn nowhere(error: Error) -> Self {
        DocumentError {
            error,
            locations: Vec::new(),
        }
    }

    /// A fault against the schema.
    pub(super) fn invalid(message: String, place: Option<(usize, usize)>) -> Self {
        DocumentError {
            error: Error::new(Code::GraphqlValidationFailed, message),
            locations: place.into_iter().collect(),
        }
    }
}

/// Lines and columns, as long as they are asked for from the beginning to the end: each character is
/// looked at once then.
pub(super) struct Places<'t> {
    text: &'t str,
    offset: usize,
    line: usize,
    column: usize,
}

impl<'t> Places<'t> {
    pub fn new(text: &'t str) -> Self {
        Places {
            text,
            offset: 0,
            line: 1,
            column: 1,
        }
    }

    /// The line and the column of a byte, counted from one.
    pub fn of(&mut self, offset: usize) -> (usize, usize) {
        if offset < self.offset {
            *self = Places::new(self.text);
        }
        let mut before = self.text[..self.offset].chars().next_back();
        for (at, char) in self.text[self.offset..].char_indices() {
            if self.offset + at >= offset {
                break;
            }
            match char {
                '\n' if before == Some('\r') => {}
                '\n' | '\r' => (self.line, self.column) = (self.line + 1, 1),
                _ => self.column += 1,
            }
            before = Some(char);
        }
        self.offset = offset.min(self.text.len());
        (self.line, self.column)
    }
}

/// The faults that keep a document from being read.
pub(super) fn syntax(diagnostics: &DiagnosticList) -> Vec<DocumentError> {
    let mut told: Vec<DocumentError> = Vec::new();
    for diagnostic in diagnostics.iter() {
        let message = diagnostic.error.to_string();
        let message = message.strip_prefix("syntax error: ").unwrap_or(&message);
        let error = Error::new(
            Code::GraphqlParseFailed,
            format!("Syntax error: {}", in_words(message)),
        );
        let locations: Vec<_> = diagnostic
            .line_column_range()
            .map(|range| (range.start.line, range.start.column))
            .into_iter()
            .collect();
        // The parser may stumble over one token several times.
        let is_told = told.iter().any(|former| {
            former.error.message() == error.message() && former.locations == locations
        });
        if !is_told && told.len() < FAULTS_MAX {
            told.push(DocumentError { error, locations });
        }
    }
    told
}

/// The parser's message, with the token that it expected and the end as people write them: `expected R_CURLY, got EOF`
/// names its own types.
fn in_words(message: &str) -> Cow<'_, str> {
    let parts = message.strip_prefix("expected ");
    let Some((expected, found)) = parts.and_then(|parts| parts.split_once(", got ")) else {
        return Cow::Borrowed(message);
    };
    let expected = match expected {
        "R_CURLY" => "}",
        "R_PAREN" => ")",
        "R_BRACK" => "]",
        "AT" => "@",
        other => other,
    };
    match found {
        "EOF" => Cow::Owned(format!(
            "expected \"{expected}\", found the end of the document"
        )),
        found => Cow::Owned(format!("expected \"{expected}\", found \"{found}\"")),
    }
}

/// The faults of a document that can be read.
pub(super) fn document(
    schema: &Schema,
    parsed: &ast::Document,
    document: &ExecutableDocument,
    judged: &Findings,
    diagnostics: Option<&DiagnosticList>,
) -> Vec<DocumentError> {
    let mut told: Vec<(Option<SourceSpan>, String)> = Vec::new();
    // In the order of the document, and once for each operation that shares a fragment.
    let mut last = None;
    let written = Written::of(parsed);
    let mut overlooked = Vec::new();
    for diagnostic in diagnostics.into_iter().flat_map(DiagnosticList::iter) {
        let error = diagnostic.error;
        let rule = error.unstable_error_name().unwrap_or_default();
        let is_inside = |scalar: &SourceSpan| {
            let offset = error.location().map(|location| location.offset());
            offset.is_some_and(|at| scalar.offset() <= at && at < scalar.end_offset())
        };
        let judged_here = VALUE_RULES.contains(&rule)
            && (!judged.faults.is_empty() || judged.scalars.iter().any(is_inside));
        let this = Some((rule, error.location()));
        if judged_here || OWN_RULES.contains(&rule) || (this == last && error.location().is_some())
        {
            continue;
        }
        last = this;
        if told.len() == FAULTS_MAX {
            break;
        }
        let message = error.unstable_compat_message();
        let message = message.unwrap_or_else(|| error.to_string());
        if written.has(rule, error.location(), &message) {
            overlooked.push((error.location(), message));
            continue;
        }
        let message = suggest::complete(schema, document, rule, message);
        told.push((error.location(), message));
    }
    told.extend(
        judged
            .faults
            .iter()
            .map(|fault| (fault.location, fault.message.clone())),
    );
    // Other rules tell what is wrong there. If none did, a document that was refused must not count as right.
    if told.is_empty() {
        told = overlooked;
    }
    told.sort_by_key(|(location, _)| location.map(|location| location.offset()));
    told.dedup();
    told.truncate(FAULTS_MAX);
    let told = told.into_iter().map(|(location, message)| {
        let place = location.and_then(|location| location.line_column(&document.sources));
        DocumentError::invalid(message, place.map(|place| (place.line, place.column)))
    });
    told.collect()
}
