//! Supabase's protocol of accounts at `/auth/v1`, such that an unmodified auth-js works against this server: another
//! face of [`crate::accounts`], with the same accounts, sessions and tokens as GraphQL's.
//!
//! A file per group of endpoints, each of which reads what was asked (`asked`), asks the accounts, and writes what came
//! of it (`answer`) or why not (`refused`). What differs from Supabase's server, on purpose: no answer tells a stranger
//! whether an address has an account; a redirect that is not allowed is refused and not replaced; links of mails lead
//! to a page with a button, because scanners follow links.

mod absent;
mod admin;
mod answer;
mod asked;
mod factors;
mod logout;
mod mails;
mod pages;
mod passkeys;
mod providers;
mod purposes;
mod recovery_codes;
mod refused;
mod settings;
mod signup;
mod token;
mod user;
mod verify;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn,
    response::Response,
    routing::{delete, get, patch, post},
};

use crate::{accounts::Accounts, http::Http};
use refused::Refused;

/// As Supabase's.
const BODY_MAX_BYTES: usize = 1 << 20;

/// What the endpoints work with.
#[derive(Clone)]
struct Auth {
    accounts: Accounts,
    http: Arc<Http>,
    /// The `aud` of accounts.
    audience: Arc<str>,
}

/// What an endpoint gives.
type Outcome = Result<Response, Refused>;

/// The routes below `/auth/v1`. `audience` is what access tokens name.
pub fn router(accounts: Accounts, http: Arc<Http>, audience: &str) -> Router {
    let auth = Auth {
        accounts,
        http,
        audience: audience.into(),
    };
    let routes = Router::new()
        .route("/health", get(settings::health))
        .route("/settings", get(settings::settings))
        .route("/signup", post(signup::signup))
        .route("/token", post(token::token))
        .route("/logout", post(logout::logout))
        .route("/user", get(user::get).put(user::put))
        .route("/reauthenticate", get(mails::reauthenticate))
        .route("/otp", post(mails::otp))
        .route("/magiclink", post(mails::otp))
        .route("/recover", post(mails::recover))
        .route("/resend", post(mails::resend))
        .route("/verify", get(verify::show).post(verify::verify))
        .route("/authorize", get(providers::authorize))
        .route("/callback", get(providers::callback))
        .route("/user/identities/authorize", get(providers::link))
        .route("/user/identities/{identity}", delete(providers::unlink))
        .route("/factors", post(factors::enrol))
        .route("/factors/{factor}", delete(factors::remove))
        .route("/factors/{factor}/challenge", post(factors::challenge))
        .route("/factors/{factor}/verify", post(factors::verify))
        .route(
            "/factors/recovery-codes",
            get(recovery_codes::status)
                .post(recovery_codes::generate)
                .delete(recovery_codes::remove),
        )
        .route(
            "/factors/recovery-codes/regenerate",
            post(recovery_codes::regenerate),
        )
        .route(
            "/factors/recovery-codes/verify",
            post(recovery_codes::verify),
        )
        .route("/passkeys", get(passkeys::list))
        .route(
            "/passkeys/{passkey}",
            patch(passkeys::rename).delete(passkeys::remove),
        )
        .route("/passkeys/registration/options", post(passkeys::begin))
        .route("/passkeys/registration/verify", post(passkeys::finish))
        .route(
            "/passkeys/authentication/options",
            post(passkeys::begin_sign_in),
        )
        .route("/passkeys/authentication/verify", post(passkeys::sign_in))
        .merge(admin::routes())
        .merge(absent::routes());
    let routes = routes
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .layer(from_fn(refused::in_the_version_asked_for))
        .with_state(auth);
    Router::new().nest("/auth/v1", routes)
}
