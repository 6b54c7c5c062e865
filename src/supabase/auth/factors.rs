//! `/factors`: second factors, and the codes for the day they are lost.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{Auth, Outcome, Refused, answer::answer, asked::Asked};
use crate::{
    accounts::{factors::Codes, secret::Secret},
    error::{Code, Error, Reason},
};

/// What an authenticator app is called whose owner says nothing.
const DEFAULT_NAME: &str = "Authenticator app";
/// How long somebody may take to type a code.
const CHALLENGE_S: i64 = 300;

#[derive(Deserialize)]
struct Enrolment {
    friendly_name: Option<String>,
    factor_type: Option<String>,
    issuer: Option<String>,
}

/// A new factor, not yet in force.
pub(super) async fn enrol(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    let form: Enrolment = asked.json()?;
    match form.factor_type.as_deref() {
        Some("totp") => {}
        Some("phone") => {
            return Err(Refused::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "mfa_phone_enroll_not_enabled",
                "MFA enroll is disabled for Phone",
            ));
        }
        Some("webauthn") => {
            return Err(Refused::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "mfa_webauthn_enroll_not_enabled",
                "MFA enroll is disabled for WebAuthn: devices sign in by passkeys",
            ));
        }
        _ => {
            return Err(Refused::invalid(
                "factor_type needs to be totp, phone, or webauthn",
            ));
        }
    }
    let name = form.friendly_name.filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or_else(|| DEFAULT_NAME.to_owned());
    let issuer = form.issuer.filter(|issuer| !issuer.is_empty());
    let enrolment = auth
        .accounts
        .enrol_totp(&member.caller, &name, issuer.as_deref(), &member.from)
        .await?;
    Ok(answer(&json!({
        "id": enrolment.id,
        "type": "totp",
        "friendly_name": name.trim(),
        "totp": {
            "qr_code": enrolment.qr_code_svg,
            "secret": enrolment.secret,
            "uri": enrolment.uri,
        },
    })))
}

/// There is nothing to remember for a code: it is good once, and soon over.
pub(super) async fn challenge(
    State(auth): State<Auth>,
    Path(factor): Path<String>,
    asked: Asked,
) -> Outcome {
    let member = auth.member(&asked).await?;
    let factor = key(&factor)?;
    let factors = auth.accounts.factors(&member.caller).await?;
    let known = factors.iter().any(|own| own.id == factor);
    if !known {
        return Err(unknown().into());
    }
    Ok(answer(&json!({
        "id": Uuid::now_v7(),
        "type": "totp",
        "expires_at": chrono::Utc::now().timestamp() + CHALLENGE_S,
    })))
}

#[derive(Deserialize)]
struct Answer {
    code: Option<Secret>,
}

impl Asked {
    fn code(&self) -> Result<Secret, Refused> {
        let form: Answer = self.json()?;
        let code = form.code.filter(|code| !code.expose().is_empty());
        code.ok_or_else(|| Refused::invalid("Code needs to be non-empty"))
    }
}

/// Takes a code. Recovery codes are not made by this: auth-js has no place to show them, and asks for them apart.
pub(super) async fn verify(
    State(auth): State<Auth>,
    Path(factor): Path<String>,
    asked: Asked,
) -> Outcome {
    let member = auth.member(&asked).await?;
    let (factor, code) = (key(&factor)?, asked.code()?);
    let assured = auth
        .accounts
        .verify_totp(
            &member.caller,
            factor,
            &code,
            Codes::WhenAskedFor,
            &member.from,
        )
        .await?;
    auth.session(&assured.session).await
}

/// Removes a factor.
pub(super) async fn remove(
    State(auth): State<Auth>,
    Path(factor): Path<String>,
    asked: Asked,
) -> Outcome {
    let member = auth.member(&asked).await?;
    let factor = key(&factor)?;
    auth.accounts
        .unenrol_factor(&member.caller, factor, &member.from)
        .await?;
    Ok(answer(&json!({ "id": factor })))
}

/// A recovery code in place of the app's.
pub(super) async fn use_recovery_code(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    let code = asked.code()?;
    let session = auth
        .accounts
        .use_recovery_code(&member.caller, &code, &member.from)
        .await?;
    auth.session(&session).await
}

/// New recovery codes in the place of former ones.
pub(super) async fn make_recovery_codes(State(auth): State<Auth>, asked: Asked) -> Outcome {
    let member = auth.member(&asked).await?;
    let codes = auth
        .accounts
        .regenerate_recovery_codes(&member.caller, &member.from)
        .await?;
    let codes: Vec<&str> = codes.iter().map(Secret::expose).collect();
    Ok(answer(&json!({
        "id": member.caller.user_id,
        "type": "recovery_code",
        "total": codes.len(),
        "codes": codes,
    })))
}

/// The key of a factor in an address.
pub(super) fn key(text: &str) -> Result<Uuid, Refused> {
    text.parse().map_err(|_| {
        Refused::invalid("factor_id must be an UUID").with_status(StatusCode::NOT_FOUND)
    })
}

fn unknown() -> Error {
    Error::new(Code::NotFound, "You have no such factor").because(Reason::FactorUnknown)
}
