//! What a client says about the file of an upload: pairs of a name and a value in base64, separated by commas.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::storage::{Result, StorageError};

/// The values that mean something here.
#[derive(Debug, PartialEq)]
pub(super) struct Metadata {
    pub(super) bucket: String,
    pub(super) name: String,
    pub(super) content_type: Option<String>,
    pub(super) cache_control: String,
    pub(super) user_metadata: Option<Value>,
}

impl Metadata {
    pub(super) fn read(header: Option<&str>) -> Result<Self> {
        let header =
            header.ok_or_else(|| StorageError::invalid_request("Metadata header is required"))?;
        let wrong = || StorageError::invalid_parameter("Invalid Upload-Metadata header");
        let mut values = HashMap::new();
        for pair in header
            .split(',')
            .map(str::trim)
            .filter(|pair| !pair.is_empty())
        {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = BASE64_STANDARD.decode(value.trim()).map_err(|_| wrong())?;
            let value = String::from_utf8(value).map_err(|_| wrong())?;
            values.insert(key, value);
        }
        let needed = |name: &str, value: Option<String>| {
            let message = format!("Upload-Metadata must have {name}");
            value
                .filter(|value| !value.is_empty())
                .ok_or_else(|| StorageError::invalid_request(message))
        };
        let user_metadata = match values.remove("metadata") {
            None => None,
            Some(json) => {
                let read = serde_json::from_str::<Value>(&json).map_err(|_| wrong())?;
                Some(read).filter(Value::is_object)
            }
        };
        let cache = values.remove("cacheControl").filter(|seconds| {
            !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit())
        });
        Ok(Metadata {
            bucket: needed("bucketName", values.remove("bucketName"))?,
            name: needed("objectName", values.remove("objectName"))?,
            content_type: values.remove("contentType"),
            cache_control: cache.map_or_else(
                || "no-cache".to_owned(),
                |seconds| format!("max-age={seconds}"),
            ),
            user_metadata,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_in_base64() {
        let read = Metadata::read(Some(
            "bucketName YXZhdGFycw==,objectName w5xidW5nLnBuZw==, contentType aW1hZ2UvcG5n,cacheControl MzYwMA==,isLast",
        ));
        let expected = Metadata {
            bucket: "avatars".to_owned(),
            name: "Übung.png".to_owned(),
            content_type: Some("image/png".to_owned()),
            cache_control: "max-age=3600".to_owned(),
            user_metadata: None,
        };
        assert_eq!(read.expect("metadata"), expected);
        for wrong in [
            None,
            Some(""),
            Some("bucketName !"),
            Some("bucketName YQ=="),
            Some("objectName /w==,bucketName YQ=="),
        ] {
            assert!(Metadata::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
