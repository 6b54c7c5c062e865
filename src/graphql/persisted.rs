//! Documents that clients name instead of sending: registered ones (a folder or manifest), and those that
//! clients register themselves by their sha256 (automatic persisted queries).

use std::{collections::HashMap, path::Path, sync::Arc};

use async_graphql::parser::{parse_query, types::DocumentOperations};
use moka::sync::Cache;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    config::DocumentSettings,
    error::{Code, Error, Result},
};

/// A sha256.
type Hash = [u8; 32];

/// The documents that are known by name.
#[derive(Debug)]
pub struct PersistedDocuments {
    registered: HashMap<Box<str>, Arc<str>>,
    hashes: HashMap<Hash, Arc<str>>,
    only: bool,
    automatic: Option<Cache<Hash, Arc<str>>>,
}

/// Registered documents that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentsError {
    /// The file or folder cannot be read.
    #[error("{path} cannot be read")]
    File {
        /// What was to be read.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The manifest is not of a known form.
    #[error("{path} is neither a JSON object of ids and documents nor an Apollo manifest")]
    Manifest {
        /// The file.
        path: String,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// One id for two documents.
    #[error("two documents are registered as {0}")]
    Duplicate(String),
}

/// The forms of manifests: Relay's and graphql-codegen's map, and Apollo's list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Manifest {
    Apollo { operations: Vec<ApolloOperation> },
    Map(HashMap<String, String>),
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    body: String,
}

/// How a request names its document.
#[derive(Debug, Default)]
pub struct DocumentReference<'a> {
    /// The document itself.
    pub query: Option<&'a str>,
    /// `documentId`.
    pub document_id: Option<&'a str>,
    /// `extensions`, which may have `persistedQuery`.
    pub extensions: Option<&'a Map<String, Value>>,
}

impl PersistedDocuments {
    /// Reads the registered documents.
    ///
    /// # Errors
    /// When they cannot be read, or two have one id.
    pub fn load(settings: &DocumentSettings) -> Result<Self, DocumentsError> {
        let mut documents = PersistedDocuments {
            registered: HashMap::new(),
            hashes: HashMap::new(),
            only: settings.documents_only,
            automatic: (settings.apq_bytes > 0 && !settings.documents_only).then(|| {
                Cache::builder()
                    .weigher(|_, document: &Arc<str>| {
                        u32::try_from(document.len() + 128).unwrap_or(u32::MAX)
                    })
                    .max_capacity(settings.apq_bytes)
                    .build()
            }),
        };
        if let Some(path) = &settings.documents {
            documents.read(path)?;
        }
        Ok(documents)
    }

    /// Registers documents that clients send as they are, where only registered ones are answered.
    #[must_use]
    pub fn with(mut self, documents: impl IntoIterator<Item = String>) -> Self {
        if self.only {
            let hashed = documents
                .into_iter()
                .map(|text| (Sha256::digest(text.as_bytes()).into(), text.into()));
            self.hashes.extend(hashed);
        }
        self
    }

    /// The names of the operations of registered documents.
    pub fn operation_names(&self) -> Vec<String> {
        let parsed = self
            .hashes
            .values()
            .filter_map(|text| parse_query(text).ok());
        parsed
            .flat_map(|document| match document.operations {
                DocumentOperations::Single(_) => Vec::new(),
                DocumentOperations::Multiple(named) => {
                    named.keys().map(|name| name.to_string()).collect()
                }
            })
            .collect()
    }

    /// The document of a request.
    ///
    /// # Errors
    /// PERSISTED_QUERY_NOT_FOUND, PERSISTED_QUERY_ONLY, or BAD_USER_INPUT when nothing is named or the hash is
    /// another document's.
    pub fn resolve(&self, named: &DocumentReference<'_>) -> Result<Arc<str>> {
        let hash = named
            .extensions
            .and_then(|extensions| extensions.get("persistedQuery"));
        let hash = hash.map(persisted_query_hash).transpose()?;
        match (named.query, named.document_id) {
            (Some(query), _) => self.sent(query, hash),
            (None, Some(id)) => self.by_id(id),
            (None, None) => match hash {
                Some(hash) => self.by_hash(&hash),
                None => Err(Error::bad_input("The request has no query")),
            },
        }
    }

    fn sent(&self, query: &str, hash: Option<Hash>) -> Result<Arc<str>> {
        if hash.is_none() && !self.only {
            return Ok(query.into());
        }
        let actual: Hash = Sha256::digest(query.as_bytes()).into();
        if hash.is_some_and(|hash| hash != actual) {
            return Err(Error::bad_input(
                "extensions.persistedQuery.sha256Hash is not the sha256 of the query",
            ));
        }
        if let Some(document) = self.hashes.get(&actual) {
            return Ok(Arc::clone(document));
        }
        if self.only {
            let message = "This server answers registered documents only";
            return Err(Error::new(Code::PersistedQueryOnly, message));
        }
        let document: Arc<str> = query.into();
        if let Some(automatic) = &self.automatic {
            automatic.insert(actual, Arc::clone(&document));
        }
        Ok(document)
    }

    fn by_id(&self, id: &str) -> Result<Arc<str>> {
        if let Some(document) = self.registered.get(id) {
            return Ok(Arc::clone(document));
        }
        match id.strip_prefix("sha256:") {
            Some(hash) => self.by_hash(&parse_hash(hash).ok_or_else(|| {
                Error::bad_input(
                    "documentId must have 64 lower-case hexadecimal digits behind sha256:",
                )
            })?),
            None => Err(not_found()),
        }
    }

    fn by_hash(&self, hash: &Hash) -> Result<Arc<str>> {
        if let Some(document) = self.hashes.get(hash) {
            return Ok(Arc::clone(document));
        }
        self.automatic
            .as_ref()
            .and_then(|automatic| automatic.get(hash))
            .ok_or_else(not_found)
    }

    fn read(&mut self, path: &Path) -> Result<(), DocumentsError> {
        let unreadable = |path: &Path| {
            let path = path.display().to_string();
            move |source| DocumentsError::File { path, source }
        };
        if !path.is_dir() {
            let text = std::fs::read(path).map_err(unreadable(path))?;
            let manifest =
                serde_json::from_slice(&text).map_err(|source| DocumentsError::Manifest {
                    path: path.display().to_string(),
                    source,
                })?;
            return match manifest {
                Manifest::Map(documents) => documents
                    .into_iter()
                    .try_for_each(|(id, document)| self.register(&id, &document)),
                Manifest::Apollo { operations } => operations
                    .into_iter()
                    .try_for_each(|operation| self.register(&operation.id, &operation.body)),
            };
        }
        for entry in std::fs::read_dir(path).map_err(unreadable(path))? {
            let file = entry.map_err(unreadable(path))?.path();
            let known = file
                .extension()
                .is_some_and(|extension| extension == "graphql" || extension == "gql");
            let Some(name) = file
                .file_stem()
                .and_then(|name| name.to_str())
                .filter(|_| known)
            else {
                continue;
            };
            let text = std::fs::read_to_string(&file).map_err(unreadable(&file))?;
            self.register(name, &text)?;
        }
        Ok(())
    }

    fn register(&mut self, id: &str, document: &str) -> Result<(), DocumentsError> {
        let text: Arc<str> = document.into();
        self.hashes.insert(
            Sha256::digest(document.as_bytes()).into(),
            Arc::clone(&text),
        );
        // What a manifest calls a document by its bare hash is what clients send as a hash or as sha256:….
        match self.registered.insert(id.into(), text) {
            Some(other) if *other != *document => Err(DocumentsError::Duplicate(id.to_owned())),
            _ => Ok(()),
        }
    }
}

fn not_found() -> Error {
    // Clients of automatic persisted queries look for this very message.
    Error::new(Code::PersistedQueryNotFound, "PersistedQueryNotFound")
}

fn persisted_query_hash(extension: &Value) -> Result<Hash> {
    if extension.get("version").and_then(Value::as_u64) != Some(1) {
        return Err(Error::bad_input(
            "extensions.persistedQuery.version must be 1",
        ));
    }
    let hash = extension
        .get("sha256Hash")
        .and_then(Value::as_str)
        .and_then(parse_hash);
    hash.ok_or_else(|| {
        Error::bad_input("extensions.persistedQuery.sha256Hash must be 64 hexadecimal digits")
    })
}

fn parse_hash(text: &str) -> Option<Hash> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| {
            char::from(pair[at])
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        *byte = digit(0)? << 4 | digit(1)?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The sha256 of another document.
    const OTHER_HASH: &str = "62325c3d20dc3f0c7e7a4fbdb8d4f7ae4ca5a5c9b9e1a5a6c1b3b0e2c0c1d9aa";

    fn settings(documents: Option<&Path>, documents_only: bool) -> DocumentSettings {
        DocumentSettings {
            max_batch: 0,
            documents: documents.map(Path::to_path_buf),
            documents_only,
            documents_without_console: false,
            apq_bytes: 1 << 20,
        }
    }

    fn hash_of(document: &str) -> String {
        hex::encode(Sha256::digest(document.as_bytes()))
    }

    fn by_hash(
        documents: &PersistedDocuments,
        query: Option<&str>,
        hash: &str,
    ) -> Result<Arc<str>> {
        let extensions = json!({"persistedQuery": {"version": 1, "sha256Hash": hash}});
        documents.resolve(&DocumentReference {
            query,
            document_id: None,
            extensions: extensions.as_object(),
        })
    }

    #[test]
    fn clients_register_documents_by_their_own_hash_only() {
        let documents = PersistedDocuments::load(&settings(None, false)).unwrap();
        let (query, hash) = ("{ version }", hash_of("{ version }"));
        assert_eq!(
            by_hash(&documents, None, &hash).unwrap_err().code(),
            Code::PersistedQueryNotFound
        );
        assert_eq!(
            by_hash(&documents, Some(query), OTHER_HASH)
                .unwrap_err()
                .code(),
            Code::BadUserInput
        );
        assert_eq!(&*by_hash(&documents, Some(query), &hash).unwrap(), query);
        assert_eq!(&*by_hash(&documents, None, &hash).unwrap(), query);
        let id = format!("sha256:{hash}");
        let named = DocumentReference {
            document_id: Some(&id),
            ..DocumentReference::default()
        };
        assert_eq!(&*documents.resolve(&named).unwrap(), query);
    }

    #[test]
    fn only_registered_documents_are_answered_when_asked_for() {
        let folder =
            std::env::temp_dir().join(format!("mindloom-documents-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("Version.graphql"), "{ version }").unwrap();
        std::fs::write(folder.join("README.md"), "no document").unwrap();
        let documents = PersistedDocuments::load(&settings(Some(&folder), true)).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let named = |query, document_id| {
            documents.resolve(&DocumentReference {
                query,
                document_id,
                extensions: None,
            })
        };
        assert_eq!(&*named(None, Some("Version")).unwrap(), "{ version }");
        assert_eq!(&*named(Some("{ version }"), None).unwrap(), "{ version }");
        assert_eq!(
            named(Some("{ other }"), None).unwrap_err().code(),
            Code::PersistedQueryOnly
        );
        assert_eq!(
            named(None, Some("Other")).unwrap_err().code(),
            Code::PersistedQueryNotFound
        );
        let hash = hash_of("{ other }");
        assert_eq!(
            by_hash(&documents, Some("{ other }"), &hash)
                .unwrap_err()
                .code(),
            Code::PersistedQueryOnly
        );
    }

    #[test]
    fn what_pages_send_is_answered_where_only_registered_documents_are() {
        for (only, code) in [(true, Some(Code::PersistedQueryOnly)), (false, None)] {
            let documents = PersistedDocuments::load(&settings(None, only)).unwrap();
            let documents = documents.with(["{ version }".to_owned()]);
            let sent = |query| {
                documents.resolve(&DocumentReference {
                    query: Some(query),
                    ..DocumentReference::default()
                })
            };
            assert_eq!(&*sent("{ version }").unwrap(), "{ version }");
            assert_eq!(sent("{ other }").err().map(|error| error.code()), code);
            let named = documents.operation_names();
            assert!(named.is_empty(), "it has no name: {named:?}");
        }
    }

    #[test]
    fn manifests_of_both_forms_are_read() {
        for manifest in [
            json!({"abc": "{ version }"}),
            json!({"format": "apollo-persisted-query-manifest", "version": 1,
                   "operations": [{"id": "abc", "name": "V", "type": "query", "body": "{ version }"}]}),
        ] {
            let file = std::env::temp_dir().join(format!("mindloom-{}.json", uuid::Uuid::new_v4()));
            std::fs::write(&file, manifest.to_string()).unwrap();
            let documents = PersistedDocuments::load(&settings(Some(&file), false)).unwrap();
            std::fs::remove_file(&file).unwrap();
            let named = DocumentReference {
                document_id: Some("abc"),
                ..DocumentReference::default()
            };
            assert_eq!(&*documents.resolve(&named).unwrap(), "{ version }");
        }
    }
}
