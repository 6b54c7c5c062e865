//! `/factors/recovery-codes`: codes for the day the second factor is lost. auth-js numbers them among the factors; here they
//! belong to the account, whose id they have. They are not listed with the factors of a user: 2.90 falls over a kind of
//! factor that it does not know.

use axum::{extract::State, http::StatusCode};
use serde_json::json;

use super::{Auth, Outcome, Refused, answer::answer, asked::Asked};
use crate::{
    accounts::{factors::Make, secret::Secret},
    error::{Code, Reason},
};

const NAME: &str = "Recovery codes";
const KIND: &str = "recovery_code";

/// How many there are, and how many of them are still good.
pub(super) async fn status(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    let codes = auth.accounts.recovery_codes(&member.caller).await?;
    Ok(answer(&json!({
        "id": member.caller.user_id,
        "type": KIND,
        "total": codes.total,
        "remaining": codes.remaining,
    })))
}

/// The account's first codes.
pub(super) async fn generate(State(auth): State<Auth>, asked: Asked) -> Outcome {
    made(&auth, &asked, Make::First).await
}

/// New ones in the place of those.
pub(super) async fn regenerate(State(auth): State<Auth>, asked: Asked) -> Outcome {
    made(&auth, &asked, Make::Next).await
}

async fn made(auth: &Auth, asked: &Asked, make: Make) -> Outcome {
    let member = auth.member(asked).await?;
    let codes = auth
        .accounts
        .make_recovery_codes(&member.caller, make, &member.from)
        .await;
    let codes = codes.map_err(|error| match (error.code(), error.reason()) {
        (Code::Conflict, None) => refused("mfa_verified_factor_exists", error.message()),
        (Code::Forbidden, None) => refused("mfa_recovery_codes_sole_factor", error.message()),
        _ => error.into(),
    })?;
    let codes: Vec<&str> = codes.iter().map(Secret::expose).collect();
    Ok(answer(&json!({
        "id": member.caller.user_id,
        "type": KIND,
        "friendly_name": NAME,
        "total": codes.len(),
        "codes": codes,
    })))
}

/// A code in place of the factor.
pub(super) async fn verify(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    let code = asked.code()?;
    let session = auth
        .accounts
        .use_recovery_code(&member.caller, &code, &member.from)
        .await
        .map_err(|error| match error.reason() {
            Some(Reason::FactorCodeWrong) => refused("mfa_verification_failed", error.message()),
            _ => error.into(),
        })?;
    auth.session(&session).await
}

/// Removes all of them.
pub(super) async fn remove(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    auth.accounts
        .remove_recovery_codes(&member.caller, &member.from)
        .await?;
    Ok(answer(&json!({ "id": member.caller.user_id })))
}

fn refused(code: &'static str, message: &str) -> Refused {
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
}
