//! Requests as forms with files, by the GraphQL multipart request specification: `operations` is the request in JSON,
//! `map` says which variable each file stands for.
//!
//! What a file holds becomes the text of its variable: so a long text can be sent as it lies on a disk, without being
//! written as JSON.

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
    pub(super) async fn read_form(&self, parts: &Parts, body: Bytes) -> Result<Request, Refusal> {
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
        let files = std::mem::take(&mut form.uploads).into_iter();
        let texts = files.map(text).collect::<Result<Vec<_>>>();
        let texts = texts.map_err(Refusal::of)?;
        let json = with_texts(&form, &texts).map_err(Refusal::of)?;
        self.read_checked(&json)
    }
}

/// The request in JSON, with texts where files stood.
fn with_texts(form: &async_graphql::Request, texts: &[String]) -> Result<Vec<u8>> {
    let mut json = serde_json::to_value(form).map_err(Error::internal)?;
    if let Some(request) = json.as_object_mut() {
        if form.query.is_empty() {
            request.remove("query");
        }
        if let Some(variables) = request.get_mut("variables") {
            fill(variables, texts);
        }
    }
    serde_json::to_vec(&json).map_err(Error::internal)
}

fn fill(value: &mut Value, texts: &[String]) {
    match value {
        Value::String(text) => {
            let number = text.strip_prefix(PLACEHOLDER);
            let file = number.and_then(|number| texts.get(number.parse::<usize>().ok()?));
            if let Some(file) = file {
                text.clone_from(file);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| fill(value, texts)),
        Value::Object(fields) => fields.values_mut().for_each(|value| fill(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn text(file: UploadValue) -> Result<String> {
    String::from_utf8(file.content.into()).map_err(|_| {
        let name = file.filename;
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
