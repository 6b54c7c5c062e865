//! Listings.

use axum::{
    Json,
    extract::{Request, State},
    response::Response,
};
use serde_json::Value;

use super::{
    Routes,
    answer::{answer, json_answer},
    body,
    extract::Path,
};
use crate::storage::{Listing, PageRequest};

/// `POST /object/list/{bucket}`: what lies in a folder.
pub(super) async fn list(
    State(routes): State<Routes>,
    Path(bucket): Path<String>,
    request: Request,
) -> Response {
    let listed = async {
        let (parts, body) = request.into_parts();
        let context = routes.context(&parts).await?;
        let listing: Listing = body::json(body).await?;
        let entries = routes
            .storage()
            .list(&context.caller, &bucket, &listing)
            .await?;
        Ok(Value::Array(entries))
    };
    json_answer(listed.await)
}

/// `POST /object/list-v2/{bucket}`: a page of names.
pub(super) async fn page(
    State(routes): State<Routes>,
    Path(bucket): Path<String>,
    request: Request,
) -> Response {
    let listed = async {
        let (parts, body) = request.into_parts();
        let context = routes.context(&parts).await?;
        let asked: PageRequest = body::json(body).await?;
        Ok(Json(
            routes
                .storage()
                .page(&context.caller, &bucket, &asked)
                .await?,
        ))
    };
    answer(listed.await)
}
