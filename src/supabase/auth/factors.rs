//! `/factors`: second factors.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Auth, Outcome, Refused, answer::answer, asked::Asked};
use crate::{
    accounts::{
        factors::{Codes, KeyChallenge},
        secret::Secret,
    },
    error::{Code, Error, Reason},
};

/// What an authenticator app is called whose owner says nothing.
const DEFAULT_NAME: &str = "Authenticator app";
/// The same of a key.
const DEFAULT_KEY_NAME: &str = "Security key";
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
    let name = form.friendly_name.filter(|name| !name.trim().is_empty());
    match form.factor_type.as_deref() {
        Some("totp") => {
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
        Some("webauthn") => {
            let name = name.unwrap_or_else(|| DEFAULT_KEY_NAME.to_owned());
            let factor = auth
                .accounts
                .enrol_webauthn(&member.caller, &name, &member.from)
                .await
                .map_err(|error| of_keys(error, "mfa_webauthn_enroll_not_enabled"))?;
            Ok(answer(&json!({
                "id": factor.id,
                "type": "webauthn",
                "friendly_name": factor.friendly_name,
            })))
        }
        Some("phone") => Err(Refused::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "mfa_phone_enroll_not_enabled",
            "MFA enroll is disabled for Phone",
        )),
        _ => Err(Refused::invalid(
            "factor_type needs to be totp, phone, or webauthn",
        )),
    }
}

/// What the key of a device has to sign. There is nothing to remember for a code: it is good once, and soon over.
pub(super) async fn challenge(
    State(auth): State<Auth>,
    Path(factor): Path<String>,
    asked: Asked,
) -> Outcome {
    let member = auth.member(&asked).await?;
    let factor = key(&factor)?;
    let challenge = auth
        .accounts
        .challenge_factor(&member.caller, factor, &member.from)
        .await
        .map_err(|error| of_keys(error, VERIFY_DISABLED))?;
    Ok(answer(&match challenge {
        Some(KeyChallenge {
            ceremony,
            is_registration,
        }) => json!({
            "id": ceremony.id,
            "type": "webauthn",
            "expires_at": ceremony.expires_at.timestamp(),
            "webauthn": {
                "type": if is_registration { "create" } else { "request" },
                "credential_options": {"publicKey": ceremony.options},
            },
        }),
        None => json!({
            "id": Uuid::now_v7(),
            "type": "totp",
            "expires_at": chrono::Utc::now().timestamp() + CHALLENGE_S,
        }),
    }))
}

#[derive(Deserialize)]
struct Answer {
    code: Option<Secret>,
    challenge_id: Option<String>,
    webauthn: Option<KeyAnswer>,
}

/// What kind of answer it is follows from the challenge.
#[derive(Deserialize)]
struct KeyAnswer {
    credential_response: Option<Value>,
}

impl Asked {
    /// The code of a factor.
    pub(super) fn code(&self) -> Result<Secret, Refused> {
        let form: Answer = self.json()?;
        let code = form.code.filter(|code| !code.expose().is_empty());
        code.ok_or_else(|| Refused::invalid("Code needs to be non-empty"))
    }
}

impl Answer {
    /// The challenge, and what a device answered to it; nothing where this is about a code.
    fn of_key(self) -> Result<Option<(Uuid, Value)>, Refused> {
        let Some(answered) = self.webauthn else {
            return Ok(None);
        };
        let credential = answered
            .credential_response
            .ok_or_else(|| Refused::invalid("credential_response required"))?;
        let challenge = self.challenge_id.unwrap_or_default();
        let challenge = challenge
            .parse()
            .map_err(|_| Refused::invalid("challenge_id must be a valid UUID"))?;
        Ok(Some((challenge, credential)))
    }
}

/// Takes a code or a signature. Recovery codes are not made by this: auth-js has no place to show them, and asks for them
/// apart.
pub(super) async fn verify(
    State(auth): State<Auth>,
    Path(factor): Path<String>,
    asked: Asked,
) -> Outcome {
    let member = auth.member(&asked).await?;
    let factor = key(&factor)?;
    let (caller, from) = (&member.caller, &member.from);
    let codes = Codes::WhenAskedFor;
    let assured = match asked.json::<Answer>()?.of_key()? {
        Some(answer) => auth
            .accounts
            .verify_webauthn(caller, factor, answer, codes, from)
            .await
            .map_err(|error| of_keys(error, VERIFY_DISABLED))?,
        None => {
            let code = asked.code()?;
            auth.accounts
                .verify_totp(caller, factor, &code, codes, from)
                .await?
        }
    };
    auth.session(&assured.session).await
}

const VERIFY_DISABLED: &str = "mfa_webauthn_verify_not_enabled";

/// What is wrong with a key has other names here than with a passkey.
fn of_keys(error: Error, disabled: &'static str) -> Refused {
    let (code, message) = match error.reason() {
        Some(Reason::PasskeysOff) => (disabled, error.message()),
        Some(Reason::PasskeyInvalid) if error.code() == Code::BadUserInput => {
            return Refused::invalid(error.message());
        }
        Some(Reason::PasskeyInvalid) => ("mfa_verification_failed", error.message()),
        Some(Reason::ChallengeUnknown) => (
            "mfa_factor_not_found",
            "MFA factor with the provided challenge ID not found",
        ),
        Some(Reason::ChallengeExpired) => ("mfa_challenge_expired", error.message()),
        _ => return error.into(),
    };
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
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

/// The key of a factor in an address.
pub(super) fn key(text: &str) -> Result<Uuid, Refused> {
    text.parse().map_err(|_| {
        Refused::invalid("factor_id must be an UUID").with_status(StatusCode::NOT_FOUND)
    })
}
