//! `POST /signup`: an account with a password, or one without anything.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Auth, Outcome, Refused, answer::answer, asked::Asked};
use crate::accounts::{Details, SignUp, SignedUp, secret::Secret};

#[derive(Deserialize)]
struct Form {
    email: Option<String>,
    phone: Option<String>,
    password: Option<Secret>,
    data: Option<Map<String, Value>>,
}

/// A session where the operator does without confirmations; else the account as it will be, whether or not the address
/// has one.
pub(super) async fn signup(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let form: Form = asked.json()?;
    let from = auth.stranger(&asked);
    let user_metadata = form.data.unwrap_or_default();
    let email = form.email.filter(|email| !email.is_empty());
    let phone = form.phone.filter(|phone| !phone.is_empty());
    let Some(email) = email else {
        if phone.is_some() {
            return Err(no_phone());
        }
        let session = auth.accounts.sign_in_anonymously(user_metadata, &from);
        return auth.session(&session.await?).await;
    };
    let password = form
        .password
        .filter(|password| !password.expose().is_empty());
    let password = password.ok_or_else(|| Refused::invalid("Signup requires a valid password"))?;
    let form = SignUp {
        email,
        password,
        user_metadata,
        way_back: asked.way_back()?,
    };
    match auth.accounts.sign_up(form, &from).await? {
        SignedUp::Session(session) => auth.session(&session).await,
        SignedUp::Pending(user) => {
            let mut shown = auth.user(&user, &Details::default());
            shown["confirmation_sent_at"] = shown["created_at"].clone();
            Ok(answer(&shown))
        }
    }
}

/// There are no accounts by phone number.
pub(super) fn no_phone() -> Refused {
    Refused::new(
        axum::http::StatusCode::BAD_REQUEST,
        "phone_provider_disabled",
        "Phone logins are disabled",
    )
}
