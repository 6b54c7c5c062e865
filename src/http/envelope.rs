//! Reads what a client sends: one request as JSON or as a URL's query, or a batch.

use std::fmt;

use serde::{
    Deserialize,
    de::{DeserializeSeed, SeqAccess, Visitor},
};
use serde_json::{Map, Value, value::RawValue};

use super::Http;
use crate::{
    error::{Code, Error},
    graphql::{DocumentReference, Request},
};

/// Why there is no request.
#[derive(Debug)]
pub(super) enum EnvelopeError {
    /// It is not of the form that the specification gives to requests.
    Malformed(Error),
    /// It is, and it is refused all the same.
    Refused(Error),
}

impl EnvelopeError {
    pub(super) fn error(self) -> Error {
        match self {
            EnvelopeError::Malformed(error) | EnvelopeError::Refused(error) => error,
        }
    }

    /// What reading an object reports: its form, or its size.
    fn of(error: Error) -> Self {
        if error.code() == Code::BadUserInput {
            EnvelopeError::Malformed(error)
        } else {
            EnvelopeError::Refused(error)
        }
    }
}

/// The names of a request's parameters.
const NAMES: [&str; 5] = [
    "query",
    "documentId",
    "operationName",
    "variables",
    "extensions",
];

/// The parameters of a request as sent. Unknown ones are passed over, as the specification asks.
#[derive(Deserialize)]
#[serde(
    rename_all = "camelCase",
    expecting = "an object with a query, and variables, operationName and extensions where they are needed"
)]
struct Parameters<'a> {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    #[serde(borrow)]
    variables: Option<&'a RawValue>,
    #[serde(borrow)]
    extensions: Option<&'a RawValue>,
}

impl Http {
    /// A request as a JSON object.
    pub(super) fn read_request(&self, json: &[u8]) -> Result<Request, EnvelopeError> {
        let parameters: Parameters<'_> = serde_json::from_slice(json).map_err(not_a_request)?;
        let object = |name, json: Option<&RawValue>| match json {
            None => Ok(Map::new()),
            Some(json) => self
                .limits
                .read_object(name, json.get())
                .map_err(EnvelopeError::of),
        };
        let variables = object("variables", parameters.variables)?;
        let extensions = object("extensions", parameters.extensions)?;
        self.request(
            parameters.query,
            parameters.document_id,
            parameters.operation_name,
            variables,
            extensions,
        )
    }

    /// A request as a URL's query.
    pub(super) fn read_query(&self, query: &str) -> Result<Request, EnvelopeError> {
        let (mut document, mut document_id, mut operation_name) = (None, None, None);
        let (mut variables, mut extensions) = (Map::new(), Map::new());
        let mut given = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            // In JSON a name that stands twice is refused, too: which of the two is meant, nobody can know.
            if let Some(known) = NAMES.into_iter().find(|known| *known == name) {
                if given.contains(&known) {
                    let message = format!("The URL gives {known} twice: give it once");
                    return Err(EnvelopeError::Malformed(Error::bad_input(message)));
                }
                given.push(known);
            }
            // The empty string is the same as nothing.
            if value.is_empty() {
                continue;
            }
            match &*name {
                "query" => document = Some(value.into_owned()),
                "documentId" => document_id = Some(value.into_owned()),
                "operationName" => operation_name = Some(value.into_owned()),
                "variables" => {
                    variables = self
                        .limits
                        .read_object(&name, &value)
                        .map_err(EnvelopeError::of)?
                }
                "extensions" => {
                    extensions = self
                        .limits
                        .read_object(&name, &value)
                        .map_err(EnvelopeError::of)?
                }
                _ => {}
            }
        }
        self.request(document, document_id, operation_name, variables, extensions)
    }

    /// The parts of a batch, at most as many as the settings allow.
    pub(super) fn read_batch<'a>(
        &self,
        json: &'a [u8],
    ) -> Result<Vec<&'a RawValue>, EnvelopeError> {
        let allowed = self.documents_settings.max_batch;
        if allowed == 0 {
            return Err(EnvelopeError::Refused(Error::bad_input(
                "This server takes one request at a time: batches are turned off",
            )));
        }
        let mut exceeded = false;
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let parts = Batch {
            allowed,
            exceeded: &mut exceeded,
        }
        .deserialize(&mut deserializer);
        let parts = parts.and_then(|parts| deserializer.end().map(|()| parts));
        match parts {
            Ok(parts) if parts.is_empty() => Err(EnvelopeError::Malformed(Error::bad_input(
                "A batch has at least one request",
            ))),
            Ok(parts) => Ok(parts),
            Err(_) if exceeded => {
                let message = format!("A batch has at most {allowed} requests");
                let error = Error::limit_exceeded("batch", allowed, message);
                Err(EnvelopeError::Refused(error))
            }
            Err(error) => Err(not_a_request(error)),
        }
    }

    fn request(
        &self,
        query: Option<String>,
        document_id: Option<String>,
        operation_name: Option<String>,
        variables: Map<String, Value>,
        extensions: Map<String, Value>,
    ) -> Result<Request, EnvelopeError> {
        let named = DocumentReference {
            query: query.as_deref(),
            document_id: document_id.as_deref(),
            extensions: Some(&extensions),
        };
        let query = self.documents.resolve(&named).map_err(EnvelopeError::of)?;
        let operation_name = operation_name.filter(|name| !name.is_empty());
        Ok(Request {
            query,
            operation_name,
            variables,
            extensions,
        })
    }
}

fn not_a_request(error: serde_json::Error) -> EnvelopeError {
    EnvelopeError::Malformed(Error::bad_input(format!(
        "The request is not a GraphQL request in JSON: {error}"
    )))
}

/// Reads an array without building more of it than is allowed.
struct Batch<'b> {
    allowed: u64,
    exceeded: &'b mut bool,
}

impl<'de> DeserializeSeed<'de> for Batch<'_> {
    type Value = Vec<&'de RawValue>;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Batch<'_> {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of requests")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = access.next_element()? {
            if parts.len() as u64 >= self.allowed {
                *self.exceeded = true;
                return Err(serde::de::Error::custom("limit"));
            }
            parts.push(part);
        }
        Ok(parts)
    }
}
