//! `/passkeys`: sign-ins without a password, and the passkeys of an account.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Auth, Outcome, Refused, answer::answer, asked::Asked};
use crate::accounts::passkeys::{Ceremony, PasskeyInfo};

#[derive(Deserialize)]
struct Answered {
    challenge_id: Option<String>,
    credential: Option<Value>,
}

impl Asked {
    /// A challenge and what was answered to it.
    fn answered(&self) -> Result<(Uuid, Value), Refused> {
        let form: Answered = self.json()?;
        let challenge = form
            .challenge_id
            .ok_or_else(|| Refused::invalid("challenge_id is required"))?;
        let challenge = challenge
            .parse()
            .map_err(|_| Refused::invalid("challenge_id must be a valid UUID"))?;
        let credential = form
            .credential
            .ok_or_else(|| Refused::invalid("credential is required"))?;
        Ok((challenge, credential))
    }
}

/// What a browser is to do for a new passkey.
pub(super) async fn begin(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    let ceremony = auth.accounts.begin_passkey(&member.caller, &member.from);
    Ok(answer(&shown(ceremony.await?)))
}

/// Adds the passkey that a browser made.
pub(super) async fn finish(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    let (challenge, credential) = asked.answered()?;
    let passkey = auth
        .accounts
        .finish_passkey(&member.caller, challenge, credential, None, &member.from)
        .await?;
    Ok(answer(&listed(&passkey)))
}

/// What a browser is to do for a sign-in.
pub(super) async fn begin_sign_in(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let from = auth.stranger(&asked);
    let ceremony = auth.accounts.begin_passkey_sign_in(&from).await?;
    Ok(answer(&shown(ceremony)))
}

/// A session for whoever's passkey signed.
pub(super) async fn sign_in(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let from = auth.stranger(&asked);
    let (challenge, credential) = asked.answered()?;
    let session = auth
        .accounts
        .sign_in_with_passkey(challenge, credential, &from)
        .await?;
    auth.session(&session).await
}

/// The passkeys of the account.
pub(super) async fn list(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    let passkeys = auth.accounts.passkeys(&member.caller).await?;
    Ok(answer(&passkeys.iter().map(listed).collect()))
}

#[derive(Deserialize)]
struct Name {
    friendly_name: Option<String>,
}

/// Calls a passkey something else.
pub(super) async fn rename(
    State(auth): State<Auth>,
    Path(passkey): Path<String>,
    asked: Asked,
) -> Outcome {
    let member = auth.member(&asked).await?;
    let form: Name = asked.json()?;
    let name = form.friendly_name.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refused::invalid("friendly_name is required"))?;
    let passkey = auth
        .accounts
        .rename_passkey(&member.caller, key(&passkey)?, &name)
        .await?;
    Ok(answer(&listed(&passkey)))
}

/// Removes a passkey.
pub(super) async fn remove(
    State(auth): State<Auth>,
    Path(passkey): Path<String>,
    asked: Asked,
) -> Outcome {
    let member = auth.member(&asked).await?;
    auth.accounts
        .remove_passkey(&member.caller, key(&passkey)?, &member.from)
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The key of a passkey in an address.
pub(super) fn key(text: &str) -> Result<Uuid, Refused> {
    text.parse()
        .map_err(|_| Refused::invalid("Passkey not found").with_status(StatusCode::NOT_FOUND))
}

/// A passkey, as auth-js' type `PasskeyListItem` describes it.
pub(super) fn listed(passkey: &PasskeyInfo) -> Value {
    let mut listed = Map::from_iter([
        ("id".to_owned(), json!(passkey.id)),
        ("friendly_name".to_owned(), json!(passkey.friendly_name)),
        ("created_at".to_owned(), json!(passkey.created_at)),
    ]);
    if let Some(at) = passkey.last_used_at {
        listed.insert("last_used_at".to_owned(), json!(at));
    }
    Value::Object(listed)
}

fn shown(ceremony: Ceremony) -> Value {
    json!({
        "challenge_id": ceremony.id,
        "options": ceremony.options,
        "expires_at": ceremony.expires_at.timestamp(),
    })
}
