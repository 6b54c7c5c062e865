//! Signed addresses.

use axum::{
    Json,
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Routes,
    answer::{answer, json_answer},
    body,
    extract::Path,
    write::{is_upsert, metadata_of},
};
use crate::storage::{NewFile, Result, StorageError, Transform, UNSIGNED};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    expires_in: u64,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    transform: Option<Transform>,
    #[serde(default)]
    version_id: Option<String>,
}

impl Asked {
    fn transform(&self) -> Result<Option<Transform>> {
        if self.version_id.is_some() {
            return Err(StorageError::not_supported(
                "Former versions of files are not kept",
            ));
        }
        let transform = self
            .transform
            .clone()
            .filter(|transform| !transform.is_none());
        if let Some(transform) = &transform {
            transform.check()?;
        }
        Ok(transform)
    }
}

/// `POST /object/sign/{bucket}/{name}`
pub(super) async fn one(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let signed = async {
        let (parts, body) = request.into_parts();
        let context = routes.context(&parts).await?;
        let asked: Asked = body::json(body).await?;
        let transform = asked.transform()?;
        let way = way(transform.as_ref());
        let storage = routes.storage();
        let signed = storage
            .sign_download(&context.caller, &bucket, &name, asked.expires_in, transform)
            .await?;
        let (object, token) = signed;
        Ok(json!({"signedURL": format!("/{way}/{bucket}/{}?token={token}", object.name)}))
    };
    json_answer(signed.await)
}

/// `POST /object/sign/{bucket}`: for each path an address, or why there is none.
pub(super) async fn many(
    State(routes): State<Routes>,
    Path(bucket): Path<String>,
    request: Request,
) -> Response {
    let signed = async {
        let (parts, body) = request.into_parts();
        let context = routes.context(&parts).await?;
        let asked: Asked = body::json(body).await?;
        let transform = asked.transform()?;
        let way = way(transform.as_ref());
        let storage = routes.storage();
        let tokens = storage
            .sign_downloads(
                &context.caller,
                &bucket,
                &asked.paths,
                asked.expires_in,
                transform,
            )
            .await?;
        let paths = asked.paths.iter().zip(tokens);
        let signed: Vec<Signed<'_>> = paths
            .map(|(path, token)| Signed::of(way, &bucket, path, token))
            .collect();
        Ok(Json(signed).into_response())
    };
    answer(signed.await)
}

/// The address of one path of several, or why there is none.
#[derive(Serialize)]
struct Signed<'a> {
    error: Option<&'static str>,
    path: &'a str,
    #[serde(rename = "signedURL")]
    url: Option<String>,
}

impl<'a> Signed<'a> {
    fn of(way: &str, bucket: &str, path: &'a str, token: Option<String>) -> Self {
        let url = token.map(|token| format!("/{way}/{bucket}/{path}?token={token}"));
        Signed {
            error: url.is_none().then_some(UNSIGNED),
            path,
            url,
        }
    }
}

/// `POST /object/upload/sign/{bucket}/{name}`
pub(super) async fn upload(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let signed = async {
        let (parts, _) = request.into_parts();
        let writer = routes.writer(&parts).await?;
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let file = NewFile {
            upsert: is_upsert(&parts.headers),
            content_type: content_type
                .and_then(|kind| kind.to_str().ok())
                .map(str::to_owned),
            cache_control: "no-cache".to_owned(),
            user_metadata: metadata_of(&parts.headers)?,
            size_bytes: None,
            bucket,
            name,
        };
        let url = format!("/object/upload/sign/{}/{}", file.bucket, file.name);
        let token = routes.storage().sign_upload(&writer, file).await?;
        Ok(json!({"url": format!("{url}?token={token}"), "token": token}))
    };
    json_answer(signed.await)
}

/// Where a signed file is read, or an image in another size.
fn way(transform: Option<&Transform>) -> &'static str {
    match transform {
        Some(_) => "render/image/sign",
        None => "object/sign",
    }
}
