//! Requests as forms with files, by the GraphQL multipart request specification: `operations` is the request in JSON,
//! `map` says which variable each file stands for.
//!
//! What a file holds becomes the text of its variable: so a long text can be sent as it lies on a disk, without being
//! written as JSON. A variable of the type `Upload` gets the file itself.

use std::collections::HashSet;

use async_graphql::{ParseRequestError, UploadValue};
use async_graphql_axum::{GraphQLRequest, rejection::GraphQLRejection};
use axum::{
    body::Body,
    extract::FromRequest,
    http::{HeaderMap, Request as HttpRequest, StatusCode, header, request::Parts},
};
use bytes::Bytes;
use serde_json::Value;

use super::{Http, answer::Refusal};
use crate::{
    error::{Error, Result},
    graphql::Request,
    storage::{HeldFile, IncomingFile},
};

/// What stands in the place of a file until its text is there.
const PLACEHOLDER: &str = "#__graphql_file__:";

/// Whether the body is such a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|value| value.to_str().ok()?.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("multipart/form-data"))
}

impl Http {
    /// The request of a form, whose body has been read. Browsers send forms of any page without asking first, so one
    /// of another site must say that it was asked for, as for a GET.
    pub(super) async fn read_form(
        &self,
        parts: &Parts,
        body: Bytes,
        held: &mut Vec<HeldFile>,
    ) -> Result<Request, Refusal> {
        if !self.origins.allow_get(&parts.uri, &parts.headers) {
            return Err(Refusal::of(Error::forbidden(
                "A page of another site sends a form: it must send the header GraphQL-Require-Preflight, and its origin must be allowed",
            )));
        }
        let mut request = HttpRequest::post("/")
            .body(Body::from(body))
            .unwrap_or_default();
        if let Some(kind) = parts.headers.get(header::CONTENT_TYPE) {
            let headers = request.headers_mut();
            headers.insert(header::CONTENT_TYPE, kind.clone());
        }
        let form = GraphQLRequest::<GraphQLRejection>::from_request(request, &()).await;
        let mut form = form
            .map_err(|GraphQLRejection(error)| unreadable(&error))?
            .into_inner();
        let files = std::mem::take(&mut form.uploads);
        let json = self.with_files(&form, &files, held).map_err(Refusal::of)?;
        self.read_checked(&json)
    }

    /// The request in JSON, with what stands for files where they stood: their texts, or the names under which variables
    /// of the type Upload find them.
    fn with_files(
        &self,
        form: &async_graphql::Request,
        files: &[UploadValue],
        held: &mut Vec<HeldFile>,
    ) -> Result<Vec<u8>> {
        let mut json = serde_json::to_value(form).map_err(Error::internal)?;
        if let Some(request) = json.as_object_mut() {
            if form.query.is_empty() {
                request.remove("query");
            }
            let variables = request.get_mut("variables").and_then(Value::as_object_mut);
            let uploads = uploads(&form.query);
            // A name for a file may stand in many places: together they are no more than one body may bring.
            let max_bytes = self.limits.settings().max_body_bytes;
            let mut left = max_bytes;
            let mut spend = |file: &UploadValue| -> Result<()> {
                let bytes = file.content.len() as u64;
                left = left
                    .checked_sub(bytes)
                    .ok_or_else(|| too_often(max_bytes))?;
                Ok(())
            };
            for (name, value) in variables.into_iter().flatten() {
                if uploads.contains(name.as_str()) {
                    fill(value, files, &mut |file| {
                        spend(file)?;
                        Ok(self.hold_file(file, held))
                    })?;
                } else {
                    fill(value, files, &mut |file| {
                        spend(file)?;
                        text(file)
                    })?;
                }
            }
        }
        serde_json::to_vec(&json).map_err(Error::internal)
    }

    fn hold_file(&self, file: &UploadValue, held: &mut Vec<HeldFile>) -> String {
        let file = self.incoming.hold(IncomingFile {
            content_type: file.content_type.clone(),
            bytes: file.content.clone(),
        });
        let name = file.name();
        held.push(file);
        name
    }
}

/// The variables that a document declares with the type Upload, or a list of it.
fn uploads(document: &str) -> HashSet<&str> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let declared = document.split('$').skip(1).filter_map(|declared| {
        let end = declared.find(|c| !is_letter(c))?;
        let (name, rest) = declared.split_at(end);
        let ty = rest.trim_start().strip_prefix(':')?.trim_start();
        let ty = ty.trim_start_matches('[').trim_start();
        let after = ty.strip_prefix("Upload")?;
        (!after.starts_with(is_letter)).then_some(name)
    });
    declared.collect()
}

fn too_often(max_bytes: u64) -> Error {
    Error::limit_exceeded(
        "bodyBytes",
        max_bytes,
        "A file stands in so many places that the request would be longer than it may be",
    )
}

/// Puts what `stand_in` gives in the places of files.
fn fill(
    value: &mut Value,
    files: &[UploadValue],
    stand_in: &mut dyn FnMut(&UploadValue) -> Result<String>,
) -> Result<()> {
    match value {
        Value::String(text) => {
            let number = text.strip_prefix(PLACEHOLDER);
            let file = number.and_then(|number| files.get(number.parse::<usize>().ok()?));
            if let Some(file) = file {
                *text = stand_in(file)?;
            }
        }
        Value::Array(values) => {
            for value in values {
                fill(value, files, stand_in)?;
            }
        }
        Value::Object(fields) => {
            for value in fields.values_mut() {
                fill(value, files, stand_in)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn text(file: &UploadValue) -> Result<String> {
    String::from_utf8(file.content.to_vec()).map_err(|_| {
        let name = &file.filename;
        Error::bad_input(format!("The file {name:?} is no text in UTF-8"))
    })
}

fn unreadable(error: &ParseRequestError) -> Refusal {
    let message = match error {
        ParseRequestError::UnsupportedBatch => "A form holds one request, not a batch".to_owned(),
        error => format!("The form is not a GraphQL request with files: {error}"),
    };
    Refusal::new(StatusCode::BAD_REQUEST, Error::bad_input(message))
}

#[cfg(test)]
mod tests {
    use super::uploads;

    #[test]
    fn variables_say_that_they_are_files() {
        let document = "mutation ($bucket: String!, $file: Upload!, $many : [ Upload!]!, $other: UploadSet) { x }";
        let uploads = uploads(document);
        assert!(uploads.contains("file") && uploads.contains("many"));
        assert!(!uploads.contains("bucket") && !uploads.contains("other"));
        assert!(!uploads.contains("fil") && super::uploads("").is_empty());
    }
}
