//! What auth-js can ask for and is not here: each answer says so, and what to do instead, so that nobody takes a missing
//! feature for a mistake of theirs.

use axum::{Router, http::StatusCode, routing::any};

use super::{Auth, Refused};

/// The routes.
pub(super) fn routes() -> Router<Auth> {
    Router::new()
        .route("/sso", any(async || saml()))
        .route("/oauth/{*path}", any(async || oauth_server()))
        .route("/user/oauth/grants", any(async || oauth_server()))
        .route("/admin/oauth/{*path}", any(async || oauth_server()))
        .route("/admin/custom-providers", any(async || custom_providers()))
        .route(
            "/admin/custom-providers/{provider}",
            any(async || custom_providers()),
        )
        .fallback(async || nothing())
}

/// `signInWithSSO`
fn saml() -> Refused {
    Refused::new(
        StatusCode::NOT_FOUND,
        "saml_provider_disabled",
        "There is no SAML here: an OpenID Connect provider of MINDLOOM_OAUTH_PROVIDERS signs an organisation in",
    )
}

/// `signInWithWeb3`
pub(super) fn web3() -> Refused {
    Refused::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "web3_provider_disabled",
        "Nobody signs in by a wallet here",
    )
}

/// `auth.oauth` and `auth.admin.oauth`: this server signs people in for its own applications alone.
fn oauth_server() -> Refused {
    Refused::new(
        StatusCode::NOT_FOUND,
        "oauth_server_disabled",
        "This server is no OAuth server for other applications",
    )
}

/// `auth.admin.customProviders`
fn custom_providers() -> Refused {
    Refused::new(
        StatusCode::NOT_FOUND,
        "custom_providers_disabled",
        "Providers are settings of the server (MINDLOOM_OAUTH_PROVIDERS) and not changed while it runs",
    )
}

fn nothing() -> Refused {
    Refused::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is no such endpoint below /auth/v1",
    )
}
