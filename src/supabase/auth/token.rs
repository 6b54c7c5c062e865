//! `POST /token?grant_type=…`: everything that is exchanged for a session.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;

use super::{Auth, Outcome, Refused, asked::Asked, signup::no_phone};
use crate::{
    accounts::{oauth::IdToken, secret::Secret},
    auth::Caller,
    error::{Code, Error, Reason},
};

/// By its type of grant.
pub(super) async fn token(State(auth): State<Auth>, asked: Asked) -> Outcome {
    match asked.query("grant_type").as_deref() {
        Some("password") => password(&auth, &asked).await,
        Some("id_token") => id_token(&auth, &asked).await,
        Some("pkce") => code(&auth, &asked).await,
        Some("refresh_token") => refresh_token(&auth, &asked).await,
        Some("web3") => Err(super::absent::web3()),
        _ => Err(Refused::new(
            StatusCode::BAD_REQUEST,
            "invalid_credentials",
            "unsupported_grant_type",
        )),
    }
}

#[derive(Deserialize)]
struct Password {
    email: Option<String>,
    phone: Option<String>,
    password: Option<Secret>,
}

async fn password(auth: &Auth, asked: &Asked) -> Outcome {
    let form: Password = asked.json()?;
    let email = form.email.filter(|email| !email.is_empty());
    let Some(email) = email else {
        return Err(match form.phone {
            Some(phone) if !phone.is_empty() => no_phone(),
            _ => Refused::invalid("missing email or phone"),
        });
    };
    let password = form.password.unwrap_or_else(|| Secret::new(""));
    let from = auth.stranger(asked);
    let session = auth.accounts.sign_in(&email, &password, &from).await;
    let session = session.map_err(|error| match error.reason() {
        // No account has such an address; Supabase's server says the same.
        Some(Reason::AddressInvalid) => {
            Error::new(Code::Unauthenticated, error.message().to_owned())
                .because(Reason::WrongCredentials)
                .into()
        }
        Some(Reason::Banned) => Refused::from(error).with_status(StatusCode::BAD_REQUEST),
        _ => Refused::from(error),
    })?;
    auth.session(&session).await
}

#[derive(Deserialize)]
struct IdTokenForm {
    provider: Option<String>,
    id_token: Option<Secret>,
    access_token: Option<Secret>,
    nonce: Option<Secret>,
    #[serde(default)]
    link_identity: bool,
}

/// A token that the provider gave to the client itself.
async fn id_token(auth: &Auth, asked: &Asked) -> Outcome {
    let form: IdTokenForm = asked.json()?;
    let given = |secret: Option<Secret>| secret.filter(|secret| !secret.expose().is_empty());
    let token = given(form.id_token)
        .ok_or_else(|| Refused::oauth("invalid request", "id_token required"))?;
    let provider = form.provider.filter(|provider| !provider.is_empty());
    let provider =
        provider.ok_or_else(|| Refused::oauth("invalid request", "provider required"))?;
    let (nonce, access_token) = (given(form.nonce), given(form.access_token));
    let shown = IdToken {
        provider: &provider,
        token: &token,
        nonce: nonce.as_ref(),
        access_token: access_token.as_ref(),
    };
    let session = match form.link_identity {
        true => {
            let member = auth.member(asked).await?;
            auth.accounts
                .sign_in_with_id_token(shown, Some(&member.caller), &member.from)
                .await?
        }
        false => {
            let from = auth.stranger(asked);
            auth.accounts
                .sign_in_with_id_token(shown, None, &from)
                .await?
        }
    };
    auth.session(&session).await
}

#[derive(Deserialize)]
struct CodeForm {
    auth_code: Option<Secret>,
    code_verifier: Option<Secret>,
}

/// The code that a browser brought back, from a provider or a mail. auth-js does not say here who is signed in.
async fn code(auth: &Auth, asked: &Asked) -> Outcome {
    let form: CodeForm = asked.json()?;
    let given = |secret: Option<Secret>| secret.filter(|secret| !secret.expose().is_empty());
    let (Some(code), Some(verifier)) = (given(form.auth_code), given(form.code_verifier)) else {
        return Err(Refused::invalid(
            "invalid request: both auth code and code verifier should be non-empty",
        ));
    };
    let from = auth.stranger(asked);
    let nobody = Caller::anonymous();
    let session = auth
        .accounts
        .exchange_code(&nobody, &code, &verifier, &from)
        .await?;
    auth.session(&session).await
}

#[derive(Deserialize)]
struct RefreshToken {
    refresh_token: Option<Secret>,
}

async fn refresh_token(auth: &Auth, asked: &Asked) -> Outcome {
    let form: RefreshToken = asked.json()?;
    let token = form
        .refresh_token
        .filter(|token| token.expose().len() >= 12);
    let token = token.ok_or_else(|| Refused::invalid("Refresh token is not valid"))?;
    let from = auth.stranger(asked);
    let session = auth.accounts.refresh(&token, &from).await;
    let session = session.map_err(|error| match error.reason() {
        Some(Reason::Banned) => Refused::from(error).with_status(StatusCode::BAD_REQUEST),
        _ => Refused::from(error),
    })?;
    auth.session(&session).await
}
