//! Whether the server lives, and whether it can serve.

use axum::{Router, extract::State, http::StatusCode, routing::get};

use crate::db::Db;

/// `/healthz` and `/readyz`.
pub fn router(db: Db) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(db)
}

/// Says that the process lives; never touches the database.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Says whether requests can be served: whether the database answers.
async fn readyz(State(db): State<Db>) -> (StatusCode, &'static str) {
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
