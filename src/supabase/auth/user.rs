//! `GET` and `PUT /user`: the account that is signed in.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Auth, Outcome, Refused, answer::answer, asked::Asked, signup::no_phone};
use crate::{
    accounts::{Reauthentication, UserChange, secret::Secret},
    error::{Code, Error, Reason},
};

/// The account, as it is now.
pub(super) async fn get(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    let ended =
        || Error::new(Code::Unauthenticated, "Nobody is signed in").because(Reason::SessionEnded);
    let user = auth.accounts.me(&member.caller).await?.ok_or_else(ended)?;
    Ok(answer(&auth.whole_user(&user).await?))
}

#[derive(Deserialize)]
struct Change {
    email: Option<String>,
    phone: Option<String>,
    password: Option<Secret>,
    current_password: Option<Secret>,
    nonce: Option<Secret>,
    data: Option<Map<String, Value>>,
}

/// Changes the account. What shows that the owner is there is the present password or the nonce of a mail, as
/// GraphQL's `updateAccount` has it.
pub(super) async fn put(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let change: Change = asked.json()?;
    if change.phone.is_some_and(|phone| !phone.is_empty()) {
        return Err(no_phone());
    }
    let member = auth.member(&asked).await?;
    let nonce = change.nonce.filter(|nonce| !nonce.expose().is_empty());
    let change = UserChange {
        email: change.email.filter(|email| !email.is_empty()),
        password: change.password,
        user_metadata: change.data,
        way_back: asked.way_back()?,
        proof: Reauthentication {
            password: change.current_password,
            code: nonce,
        },
    };
    let by_nonce = change.proof.password.is_none() && change.proof.code.is_some();
    let user = auth
        .accounts
        .update_user(&member.caller, change, &member.from)
        .await
        .map_err(|error| match error.reason() {
            Some(Reason::MailCodeInvalid) if by_nonce => Refused::new(
                axum::http::StatusCode::UNPROCESSABLE_ENTITY,
                "reauthentication_not_valid",
                "Nonce has expired or is invalid",
            ),
            _ => error.into(),
        })?;
    Ok(answer(&auth.whole_user(&user).await?))
}
