//! `/admin` and `/invite`: for the operator's own programs, whose key says `service_role`, and for administrators.

mod links;
mod users;

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse as _,
    routing::{delete, get, post},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Auth, Outcome, Refused, answer, answer::answer, asked::Asked, factors, passkeys};

/// The routes.
pub(super) fn routes() -> Router<Auth> {
    let one = get(users::get).put(users::update).delete(users::delete);
    Router::new()
        .route("/invite", post(links::invite))
        .route("/admin/generate_link", post(links::generate))
        .route("/admin/users", get(users::list).post(users::create))
        .route("/admin/users/{user}", one)
        .route("/admin/users/{user}/factors", get(list_factors))
        .route(
            "/admin/users/{user}/factors/{factor}",
            delete(remove_factor),
        )
        .route("/admin/users/{user}/passkeys", get(list_passkeys))
        .route(
            "/admin/users/{user}/passkeys/{passkey}",
            delete(remove_passkey),
        )
}

async fn list_factors(State(auth): State<Auth>, Path(user): Path<String>, asked: Asked) -> Outcome {
    let admin = auth.admin(&asked).await?;
    let factors = auth.accounts.admin_factors(&admin.caller, key(&user)?);
    let factors: Vec<Value> = factors.await?.iter().map(answer::factor).collect();
    Ok(answer(&Value::Array(factors)))
}

async fn remove_factor(
    State(auth): State<Auth>,
    Path((user, factor)): Path<(String, String)>,
    asked: Asked,
) -> Outcome {
    let admin = auth.admin(&asked).await?;
    let factor = factors::key(&factor)?;
    auth.accounts
        .admin_remove_factor(&admin.caller, key(&user)?, factor, &admin.from)
        .await?;
    Ok(answer(&json!({ "id": factor })))
}

async fn list_passkeys(
    State(auth): State<Auth>,
    Path(user): Path<String>,
    asked: Asked,
) -> Outcome {
    let admin = auth.admin(&asked).await?;
    let listed = auth.accounts.admin_passkeys(&admin.caller, key(&user)?);
    Ok(answer(
        &listed.await?.iter().map(passkeys::listed).collect(),
    ))
}

async fn remove_passkey(
    State(auth): State<Auth>,
    Path((user, passkey)): Path<(String, String)>,
    asked: Asked,
) -> Outcome {
    let admin = auth.admin(&asked).await?;
    let passkey = passkeys::key(&passkey)?;
    auth.accounts
        .admin_remove_passkey(&admin.caller, key(&user)?, passkey, &admin.from)
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The key of an account in an address.
fn key(text: &str) -> Result<Uuid, Refused> {
    text.parse()
        .map_err(|_| Refused::invalid("user_id must be an UUID").with_status(StatusCode::NOT_FOUND))
}
