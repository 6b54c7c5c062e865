//! Requests as forms with files, by the GraphQL multipart request specification: `operations` is the request in JSON,
//! `map` says which variable each file stands for, and the files come after both.
//!
//! What a file holds becomes the text of its variable: so a long text can be sent as it lies on a disk, without being
//! written as JSON. A variable of the type `Upload` gets the file itself, which is read while the operation runs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use async_graphql::{ParseRequestError, UploadValue};
use async_graphql_axum::{GraphQLRequest, rejection::GraphQLRejection};
use axum::{
    body::Body,
    extract::FromRequest,
    http::{Request as HttpRequest, StatusCode, header, request::Parts},
};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Http,
    answer::Refusal,
    multipart::{FormError, FormPart, FormParts},
};
use crate::{
    error::{Code, Error, Result},
    graphql::Request,
    storage::{Arriving, ExpectedName, Head, Piece},
};

/// What stands in the place of a file until its text is there.
const PLACEHOLDER: &str = "#__graphql_file__:";
/// The longest name of a file in `map`. It is kept for each of the file's places.
const PART_NAME_MAX_BYTES: usize = 255;
/// In how many places the files of a form may stand together.
const PLACES_MAX: usize = 1_000;

/// A request that came as a form.
pub(super) struct FormRequest {
    pub(super) request: Request,
    /// The files that are read while the operation runs.
    pub(super) files: FormFiles,
}

/// The files of a form. The operation finds them as long as this is there.
pub(super) struct FormFiles {
    pub(super) arriving: Arriving,
    expected: Vec<ExpectedName>,
}

impl FormFiles {
    /// Whether the operation takes none.
    pub(super) fn is_empty(&self) -> bool {
        self.expected.is_empty()
    }
}

/// What async-graphql does not know of a request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    document_id: Option<String>,
}

impl Http {
    /// The request of a form, of which all has been read but the files that the operation takes itself. Browsers send
    /// forms of any page without asking first, so one of another site must say that it was asked for, as for a GET.
    pub(super) async fn read_form(
        &self,
        parts: &Parts,
        body: Body,
    ) -> Result<FormRequest, Refusal> {
        if !self.origins.allow_get(&parts.uri, &parts.headers) {
            return Err(Refusal::of(Error::forbidden(
                "A page of another site sends a form: it must send the header GraphQL-Require-Preflight, and its origin must be allowed",
            )));
        }
        let max_bytes = self.limits.settings().max_body_bytes;
        let refused = |error| refusal(told(error, max_bytes));
        let mut form = FormParts::new(&parts.headers, body).map_err(refused)?;
        let mut left = max_bytes;
        let mut texts = Vec::with_capacity(2);
        for name in ["operations", "map"] {
            let part = form.next().await.map_err(refused)?;
            let part = part.filter(|part| part.name() == name);
            let part = part.ok_or_else(|| refusal(out_of_order(name)))?;
            let text = part.whole(left).await.map_err(refused)?;
            left -= text.len() as u64;
            texts.push(text);
        }
        let [operations, map] = &texts[..] else {
            return Err(refusal(out_of_order("operations")));
        };
        let mut read = read_operations(operations).await?;
        place(&mut read, map).map_err(refusal)?;
        let files = std::mem::take(&mut read.uploads);
        let json = as_json(&read, operations).map_err(refusal)?;
        let mut request = self.read_checked(&json)?;
        let arriving = Arriving::new(pieces(form, max_bytes), left, max_bytes);
        let filled = self.fill_in(&mut request, &files, &arriving).await;
        let expected = filled.map_err(refusal)?;
        Ok(FormRequest {
            request,
            files: FormFiles { arriving, expected },
        })
    }

    /// Puts into the places of files what stands for them: their texts, or the names under which variables of the type
    /// Upload find them.
    async fn fill_in(
        &self,
        request: &mut Request,
        files: &[UploadValue],
        arriving: &Arriving,
    ) -> Result<Vec<ExpectedName>> {
        let uploads = uploads(&request.query);
        let (mut expected, mut wanted) = (Vec::new(), BTreeSet::new());
        // Not only `map` says where a file stands: `operations` may have the placeholders already.
        let mut places = 0;
        for (name, value) in &mut request.variables {
            let is_upload = uploads.contains(name.as_str());
            fill(value, files, &mut |file| {
                places += 1;
                if places > PLACES_MAX {
                    return Err(too_many());
                }
                if is_upload {
                    let name = self.incoming.expect(arriving, &file.filename);
                    let text = name.text();
                    expected.push(name);
                    return Ok(Some(text));
                }
                if wanted.insert(file.filename.clone()) {
                    arriving.expect(&file.filename);
                }
                Ok(None)
            })?;
        }
        let mut texts = HashMap::new();
        for part in wanted {
            let (head, text) = arriving.whole(&part).await?;
            let name = head.file_name.unwrap_or(head.part);
            let text = String::from_utf8(text.into()).map_err(|_| no_text(&name))?;
            texts.insert(part, text);
        }
        // A file may stand in many places: together they are no more than one body may bring.
        let max_bytes = self.limits.settings().max_body_bytes;
        let mut left = max_bytes;
        for value in request.variables.values_mut() {
            fill(value, files, &mut |file| {
                let Some(text) = texts.get(&file.filename) else {
                    return Ok(None);
                };
                let rest = left.checked_sub(text.len() as u64);
                left = rest.ok_or_else(|| too_often(max_bytes))?;
                Ok(Some(text.clone()))
            })?;
        }
        Ok(expected)
    }
}

/// `operations`, as the request of a body that is JSON.
async fn read_operations(json: &Bytes) -> Result<async_graphql::Request, Refusal> {
    let request = HttpRequest::post("/").header(header::CONTENT_TYPE, "application/json");
    let request = request.body(Body::from(json.clone())).unwrap_or_default();
    let read = GraphQLRequest::<GraphQLRejection>::from_request(request, &()).await;
    read.map(GraphQLRequest::into_inner)
        .map_err(|GraphQLRejection(error)| {
            refusal(match error {
                ParseRequestError::UnsupportedBatch => {
                    Error::bad_input("A form holds one request, not a batch")
                }
                error => no_request(&format!("operations: {error}")),
            })
        })
}

/// Puts placeholders where `map` says that files go; each knows its part of the form by its name.
fn place(request: &mut async_graphql::Request, map: &[u8]) -> Result<()> {
    let map: BTreeMap<String, Vec<String>> = serde_json::from_slice(map).map_err(|error| {
        no_request(&format!(
            "map must be an object of lists of paths such as \"variables.file\": {error}"
        ))
    })?;
    for (part, paths) in &map {
        if part.len() > PART_NAME_MAX_BYTES {
            let count = part.len();
            return Err(no_request(&format!(
                "map calls a file by a name of {count} bytes, and {PART_NAME_MAX_BYTES} are the most: a number will do"
            )));
        }
        for path in paths {
            let before = request.uploads.len();
            if before == PLACES_MAX {
                return Err(too_many());
            }
            let file = UploadValue {
                filename: part.clone(),
                content_type: None,
                content: Bytes::new(),
            };
            request.set_upload(path, file);
            if request.uploads.len() == before {
                let message = format!(
                    "map says that the file {part:?} stands at {path:?}, where operations has no value: write null there"
                );
                return Err(no_request(&message));
            }
        }
    }
    Ok(())
}

/// The request as JSON, with what names a document that was registered before.
fn as_json(request: &async_graphql::Request, operations: &[u8]) -> Result<Vec<u8>> {
    let mut json = serde_json::to_value(request).map_err(Error::internal)?;
    let named: Named = serde_json::from_slice(operations)
        .map_err(|error| no_request(&format!("operations: {error}")))?;
    if let Some(json) = json.as_object_mut() {
        if request.query.is_empty() {
            json.remove("query");
        }
        if let Some(id) = named.document_id {
            json.insert("documentId".to_owned(), Value::String(id));
        }
    }
    serde_json::to_vec(&json).map_err(Error::internal)
}

/// What comes after `map`.
fn pieces(form: FormParts, max_bytes: u64) -> BoxStream<'static, Result<Piece>> {
    let next = move |(mut form, part): (FormParts, Option<FormPart>)| async move {
        let told = |error| told(error, max_bytes);
        if let Some(mut part) = part
            && let Some(bytes) = part.chunk().await.map_err(told)?
        {
            return Ok(Some((Piece::Bytes(bytes), (form, Some(part)))));
        }
        let part = form.next().await.map_err(told)?;
        Ok(part.map(|part| {
            let begin = Piece::Begin(Head {
                part: part.name().to_owned(),
                file_name: part.file_name().map(str::to_owned),
                content_type: part.content_type(),
            });
            (begin, (form, Some(part)))
        }))
    };
    stream::try_unfold((form, None), next).boxed()
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
    stand_in: &mut dyn FnMut(&UploadValue) -> Result<Option<String>>,
) -> Result<()> {
    match value {
        Value::String(text) => {
            let number = text.strip_prefix(PLACEHOLDER);
            let file = number.and_then(|number| files.get(number.parse::<usize>().ok()?));
            if let Some(stands) = file.map(stand_in).transpose()?.flatten() {
                *text = stands;
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

fn too_many() -> Error {
    no_request(&format!(
        "its files stand in more than {PLACES_MAX} places: send several requests"
    ))
}

fn no_text(name: &str) -> Error {
    Error::bad_input(format!("The file {name:?} is no text in UTF-8"))
}

fn no_request(why: &str) -> Error {
    Error::bad_input(format!(
        "The form is not a GraphQL request with files: {why}"
    ))
}

fn out_of_order(missing: &str) -> Error {
    no_request(&format!(
        "the part {missing} is not where it belongs; first comes operations, then map, then the files"
    ))
}

/// What a caller is told of a form that cannot be read on.
fn told(error: FormError, max_bytes: u64) -> Error {
    match error {
        FormError::TimedOut => Error::new(Code::Timeout, "The body did not arrive in time"),
        FormError::BrokeOff => no_request("the body broke off"),
        FormError::TooLarge => {
            let message = format!("The request is larger than {max_bytes} bytes");
            Error::limit_exceeded("bodyBytes", max_bytes, message)
        }
        FormError::NoBoundary | FormError::TooMany | FormError::Malformed(_) => {
            no_request(&error.to_string())
        }
    }
}

/// What is wrong with the form itself has the status of that, not that of an operation.
fn refusal(error: Error) -> Refusal {
    match error.code() {
        Code::LimitExceeded => Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, error),
        Code::Timeout => Refusal::new(StatusCode::REQUEST_TIMEOUT, error),
        _ => Refusal::of(error),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Variables;
    use serde_json::json;

    use super::{PART_NAME_MAX_BYTES, PLACES_MAX, as_json, place, uploads};

    /// A request with one variable, `file`.
    fn request() -> async_graphql::Request {
        let variables = Variables::from_json(json!({"file": null}));
        async_graphql::Request::new("{ __typename }").variables(variables)
    }

    #[test]
    fn names_and_places_of_files_have_a_bound() {
        let place = |name: usize, places: usize| {
            let map = json!({"x".repeat(name): vec!["variables.file"; places]}).to_string();
            let mut request = request();
            let placed = place(&mut request, map.as_bytes());
            placed.map(|()| request.uploads.len())
        };
        let most = place(PART_NAME_MAX_BYTES, PLACES_MAX).expect("as many as may be");
        assert_eq!(most, PLACES_MAX);
        let long = place(PART_NAME_MAX_BYTES + 1, 1).expect_err("too long a name");
        assert!(long.message().contains("a name of 256 bytes"), "{long:?}");
        let many = place(1, PLACES_MAX + 1).expect_err("too many places");
        assert!(many.message().contains("more than 1000 places"), "{many:?}");
    }

    #[test]
    fn a_document_that_is_not_named_by_text_is_no_internal_error() {
        let error = as_json(&request(), br#"{"documentId": 1}"#).expect_err("a number");
        assert_eq!(error.code(), crate::error::Code::BadUserInput);
        assert!(error.message().contains("operations: "), "{error:?}");
    }

    #[test]
    fn variables_say_that_they_are_files() {
        let document = "mutation ($bucket: String!, $file: Upload!, $many : [ Upload!]!, $other: UploadSet) { x }";
        let uploads = uploads(document);
        assert!(uploads.contains("file") && uploads.contains("many"));
        assert!(!uploads.contains("bucket") && !uploads.contains("other"));
        assert!(!uploads.contains("fil") && super::uploads("").is_empty());
    }
}
