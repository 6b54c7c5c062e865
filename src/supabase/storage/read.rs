//! Downloads.

use axum::{
    extract::{Request, State},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    Routes,
    answer::answer,
    asset::{self, Audience, Wanted},
    extract::{Path, Query},
};
use crate::{
    auth::Share,
    storage::{Object, Result, StorageError},
};

/// What an address says beside its path.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    pub(super) download: Option<String>,
    #[serde(default)]
    pub(super) token: String,
    #[serde(rename = "versionId")]
    version_id: Option<String>,
}

impl Asked {
    pub(super) fn wanted(&self, audience: Audience) -> Wanted {
        Wanted {
            download: self.download.clone(),
            audience,
        }
    }
}

/// `GET /object/{bucket}/{name}`, with `authenticated/` or without: what the caller may see, and what is public.
pub(super) async fn authenticated(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let read = async {
        let (object, _) = routes.readable(&parts, &bucket, &name).await?;
        let wanted = asked.wanted(Audience::Caller);
        routes.deliver(object, &parts, &asked, &wanted).await
    };
    answer(read.await)
}

/// `GET /object/public/{bucket}/{name}`: of public buckets, for everybody.
pub(super) async fn public(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let read = async {
        let (object, _) = routes.published(&parts, &bucket, &name).await?;
        let wanted = asked.wanted(Audience::Everybody);
        routes.deliver(object, &parts, &asked, &wanted).await
    };
    answer(read.await)
}

/// `GET /object/sign/{bucket}/{name}?token=`: for whoever has the token.
pub(super) async fn signed(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let read = async {
        routes.storage().check_ours()?;
        let share = routes.count_nobody(&parts)?;
        let signed = routes
            .storage()
            .signed_object(share, &asked.token, &bucket, &name)
            .await?;
        let (object, expires_s, transform) = signed;
        if transform.is_some() {
            return Err(StorageError::invalid_signature(
                "Token is for an image of another size",
            ));
        }
        let wanted = asked.wanted(Audience::Bearer { expires_s });
        routes.deliver(object, &parts, &asked, &wanted).await
    };
    answer(read.await)
}

/// `GET /object/info/{bucket}/{name}`, with `authenticated/` or without.
pub(super) async fn info(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let read = async { Ok(about(&routes.readable(&parts, &bucket, &name).await?.0)) };
    answer(read.await)
}

/// `GET /object/info/public/{bucket}/{name}`
pub(super) async fn info_public(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let read = async { Ok(about(&routes.published(&parts, &bucket, &name).await?.0)) };
    answer(read.await)
}

fn about(object: &Object) -> Response {
    let body = json!({
        "id": object.id,
        "name": object.name,
        "version": object.version,
        "bucket_id": object.bucket_id,
        "size": object.metadata.size,
        "content_type": object.metadata.mimetype,
        "cache_control": object.metadata.cache_control,
        "etag": object.metadata.e_tag,
        "metadata": object.user_metadata,
        "last_modified": object.updated_at,
        "created_at": object.created_at,
    });
    axum::Json(body).into_response()
}

impl Routes {
    /// A file that the caller of a request may read, and whose share of the server it counts against. An invalid token is as none where the bucket is public.
    pub(super) async fn readable(
        &self,
        parts: &Parts,
        bucket: &str,
        name: &str,
    ) -> Result<(Object, Share)> {
        match self.context(parts).await {
            Ok(context) => {
                let caller = &context.caller;
                let found = self.storage().find_readable(caller, bucket, name);
                Ok((found.await?, caller.share))
            }
            Err(refused) if refused.code == "AccessDenied" => {
                let share = self.share_of_nobody(parts);
                match self.storage().find_public(share, bucket, name).await {
                    Ok(found) => Ok((found, share)),
                    Err(_) => Err(refused),
                }
            }
            Err(refused) => Err(refused),
        }
    }

    /// A file of a public bucket. Who asks does not matter, but how often does.
    pub(super) async fn published(
        &self,
        parts: &Parts,
        bucket: &str,
        name: &str,
    ) -> Result<(Object, Share)> {
        let share = match self.context(parts).await {
            Ok(context) => context.caller.share,
            Err(refused) if refused.code == "AccessDenied" => self.share_of_nobody(parts),
            Err(refused) => return Err(refused),
        };
        match self.storage().find_public(share, bucket, name).await {
            Err(error) if error.code == "NoSuchKey" => {
                match self.storage().bucket(share, bucket).await? {
                    Some(found) if found.public => Err(error),
                    _ => Err(StorageError::no_such_bucket()),
                }
            }
            found => Ok((found?, share)),
        }
    }

    /// The bytes of a file. One that is replaced between the look at its row and that at its bytes is looked up again.
    pub(super) async fn deliver(
        &self,
        object: Object,
        parts: &Parts,
        asked: &Asked,
        wanted: &Wanted,
    ) -> Result<Response> {
        if asked.version_id.is_some() {
            return Err(StorageError::not_supported(
                "Former versions of files are not kept",
            ));
        }
        let storage = self.storage();
        match asset::of_object(storage, &object, parts, wanted).await {
            Err(error) if error.code == "NoSuchKey" => {
                let now = storage.find_any(&object.bucket_id, &object.name).await?;
                if now.version == object.version {
                    tracing::error!(version = %object.version, "the bytes of a file are gone; mindloom files check says more");
                    return Err(error);
                }
                asset::of_object(storage, &now, parts, wanted).await
            }
            delivered => delivered,
        }
    }
}
