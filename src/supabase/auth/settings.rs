//! What clients may know before anybody signs in.

use axum::{Json, extract::State};
use serde_json::{Map, Value, json};

use super::Auth;

/// `GET /health`
pub(super) async fn health() -> Json<Value> {
    Json(json!({
        "name": "GoTrue",
        "description": "Accounts of Mindloom, in the protocol of Supabase Auth",
        "version": concat!("mindloom-", env!("CARGO_PKG_VERSION")),
    }))
}

/// `GET /settings`: which ways in there are.
pub(super) async fn settings(State(auth): State<Auth>) -> Json<Value> {
    let ways = auth.accounts.ways_in();
    let mut external = Map::from_iter([
        ("email".to_owned(), Value::Bool(true)),
        ("phone".to_owned(), Value::Bool(false)),
        ("anonymous_users".to_owned(), Value::Bool(ways.anonymous)),
    ]);
    external.extend(
        ways.providers
            .into_iter()
            .map(|name| (name, Value::Bool(true))),
    );
    Json(json!({
        "external": external,
        "disable_signup": !ways.sign_up,
        "mailer_autoconfirm": ways.autoconfirm,
        "phone_autoconfirm": false,
        "sms_provider": "",
        "saml_enabled": false,
        "passkeys_enabled": auth.accounts.has_passkeys(),
    }))
}
