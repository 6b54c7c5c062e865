//! Supabase's storage protocol at `/storage/v1`, such that an unmodified storage-js works against this server.
//!
//! What differs from Supabase's server, on purpose: names may have letters of any script; a content's type is looked up
//! in its bytes; what a browser could run is handed out as a download; names that end with a slash remove all that lies
//! in a folder; a bucket is emptied at once; a file that is moved keeps its bytes where they are.

mod answer;
mod asset;
mod body;
mod buckets;
mod extract;
mod form;
mod list;
mod range;
mod read;
mod remove;
mod render;
mod resumable;
mod sign;
mod transfer;
mod write;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{StatusCode, request::Parts},
    response::Response,
    routing::{any, delete, get, post},
};

use self::answer::refusal;
use crate::{
    app_state::AppState,
    auth::{RequestContext, Share},
    http::Http,
    storage::{Result, Storage, StorageError},
};

/// What the handlers work with.
#[derive(Clone)]
struct Routes {
    app: Arc<AppState>,
    http: Arc<Http>,
}

/// The routes, to be merged into the server's own.
pub fn routes(app: &Arc<AppState>, http: &Arc<Http>) -> Router {
    buckets()
        .merge(objects())
        .merge(addresses())
        .merge(images_and_uploads())
        .route("/storage/v1/{*what}", any(nothing_here))
        .method_not_allowed_fallback(not_allowed)
        // Files have limits of their own.
        .layer(DefaultBodyLimit::disable())
        .with_state(Routes {
            app: Arc::clone(app),
            http: Arc::clone(http),
        })
}

/// What is at no address.
async fn nothing_here() -> Response {
    refusal(&StorageError::no_such_route())
}

/// What is not done at an address.
async fn not_allowed() -> Response {
    let mut error = StorageError::no_such_route();
    error.status = 405;
    let mut response = refusal(&error);
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

fn buckets() -> Router<Routes> {
    let all = || get(buckets::list).post(buckets::create);
    Router::new()
        .route("/storage/v1/bucket", all())
        .route("/storage/v1/bucket/", all())
        .route(
            "/storage/v1/bucket/{bucket}",
            get(buckets::show)
                .put(buckets::update)
                .delete(buckets::delete),
        )
        .route("/storage/v1/bucket/{bucket}/empty", post(buckets::empty))
        .route("/storage/v1/cdn/{*what}", delete(buckets::no_cache))
}

fn objects() -> Router<Routes> {
    Router::new()
        .route("/storage/v1/object/list/{bucket}", post(list::list))
        .route("/storage/v1/object/list-v2/{bucket}", post(list::page))
        .route("/storage/v1/object/move", post(transfer::relocate))
        .route("/storage/v1/object/copy", post(transfer::copy))
        .route("/storage/v1/object/{bucket}", delete(remove::many))
        .route(
            "/storage/v1/object/{bucket}/{*name}",
            get(read::authenticated)
                .post(write::create)
                .put(write::replace)
                .delete(remove::one),
        )
}

/// What is read and written by other addresses than a file's own.
fn addresses() -> Router<Routes> {
    Router::new()
        .route("/storage/v1/object/sign/{bucket}", post(sign::many))
        .route(
            "/storage/v1/object/sign/{bucket}/{*name}",
            post(sign::one).get(read::signed),
        )
        .route(
            "/storage/v1/object/upload/sign/{bucket}/{*name}",
            post(sign::upload).put(write::signed),
        )
        .route(
            "/storage/v1/object/public/{bucket}/{*name}",
            get(read::public),
        )
        .route(
            "/storage/v1/object/authenticated/{bucket}/{*name}",
            get(read::authenticated),
        )
        .route(
            "/storage/v1/object/info/public/{bucket}/{*name}",
            get(read::info_public),
        )
        .route(
            "/storage/v1/object/info/authenticated/{bucket}/{*name}",
            get(read::info),
        )
        .route("/storage/v1/object/info/{bucket}/{*name}", get(read::info))
}

fn images_and_uploads() -> Router<Routes> {
    Router::new()
        .route(
            "/storage/v1/render/image/public/{bucket}/{*name}",
            get(render::public),
        )
        .route(
            "/storage/v1/render/image/authenticated/{bucket}/{*name}",
            get(render::authenticated),
        )
        .route(
            "/storage/v1/render/image/sign/{bucket}/{*name}",
            get(render::signed),
        )
        .route(resumable::PATH, any(resumable::collection))
        .route(resumable::SIGNED_PATH, any(resumable::collection))
        .route("/storage/v1/upload/resumable/{id}", any(resumable::upload))
        .route(
            "/storage/v1/upload/resumable/sign/{id}",
            any(resumable::upload),
        )
}

impl Routes {
    fn storage(&self) -> &Storage {
        &self.app.storage
    }

    /// Who asks; the request counts among theirs.
    async fn context(&self, parts: &Parts) -> Result<RequestContext> {
        self.storage().check_ours()?;
        match self.http.context(parts).await {
            Ok(context) => {
                self.app.rates.count_request(&context)?;
                Ok(context)
            }
            Err(error) => {
                self.count_nobody(parts)?;
                Err(error.into())
            }
        }
    }

    /// Counts a request of which nobody knows, or need know, whose it is: by its address.
    /// Gives the share of the server that it counts against.
    fn count_nobody(&self, parts: &Parts) -> Result<Share> {
        let nobody = self.http.surroundings_of_nobody(parts);
        self.app.rates.count_request(&nobody)?;
        Ok(nobody.caller.share)
    }

    /// The share of the server against which a request counts of which nobody knows whose it is.
    fn share_of_nobody(&self, parts: &Parts) -> Share {
        self.http.surroundings_of_nobody(parts).caller.share
    }

    /// The same for what writes: it counts among strangers' writes, and is activity.
    async fn writing(&self, parts: &Parts) -> Result<RequestContext> {
        let context = self.context(parts).await?;
        self.app.rates.count_writes(&context, 1)?;
        Ok(self.app.records.activity.of_mutation(&context).into_owned())
    }
}
