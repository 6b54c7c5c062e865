//! Whether the server lives, and whether it can serve.

use axum::{Router, extract::State, http::StatusCode, routing::get};

use super::server::Leaving;
use crate::db::Db;

/// `/healthz` and `/readyz`.
pub fn router(db: Db, leaving: Leaving) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state((db, leaving))
}

/// Says that the process lives; never touches the database.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Says whether requests can be served: whether the database answers, and the server has not been told to stop.
async fn readyz(State((db, leaving)): State<(Db, Leaving)>) -> (StatusCode, &'static str) {
    if leaving.soon.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    let answered = match db.system().await {
        Ok(client) => client.batch_execute("select").await.is_ok(),
        Err(_) => false,
    };
    if answered {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no database\n")
    }
}
