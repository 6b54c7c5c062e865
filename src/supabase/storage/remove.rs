//! Removal.

use axum::{
    extract::{Request, State},
    response::Response,
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Routes,
    answer::{json_answer, said},
    body,
    extract::Path,
};
use crate::storage::{Result, StorageError};

#[derive(Deserialize)]
struct Names {
    prefixes: Vec<Named>,
}

/// A name, alone or as newer clients write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Name(String),
    Versioned {
        #[serde(alias = "prefix", alias = "name")]
        path: String,
        #[serde(rename = "versionId", default)]
        version_id: Option<String>,
    },
}

impl Named {
    fn name(self) -> Result<String> {
        match self {
            Named::Name(name) => Ok(name),
            Named::Versioned {
                path,
                version_id: None,
            } => Ok(path),
            Named::Versioned { .. } => Err(StorageError::not_supported(
                "Former versions of files are not kept",
            )),
        }
    }
}

/// `DELETE /object/{bucket}`: files by name, and folders, whose names end with a slash.
pub(super) async fn many(
    State(routes): State<Routes>,
    Path(bucket): Path<String>,
    request: Request,
) -> Response {
    let removed = async {
        let (parts, body) = request.into_parts();
        let context = routes.writing(&parts).await?;
        let names: Names = body::json(body).await?;
        let names = names.prefixes.into_iter().map(Named::name);
        let names = names.collect::<Result<Vec<String>>>()?;
        if names.is_empty() {
            return Err(StorageError::invalid_request(
                "prefixes must name at least one file",
            ));
        }
        let removed = routes
            .storage()
            .remove(&context.caller, &bucket, &names)
            .await?;
        Ok(Value::Array(removed))
    };
    json_answer(removed.await)
}

/// `DELETE /object/{bucket}/{name}`
pub(super) async fn one(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let removed = async {
        let (parts, _) = request.into_parts();
        let context = routes.writing(&parts).await?;
        routes
            .storage()
            .remove_one(&context.caller, &bucket, &name)
            .await?;
        Ok(said("Successfully deleted"))
    };
    json_answer(removed.await)
}
