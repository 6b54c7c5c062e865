//! Why something was not done, in the words of Supabase's server: its status, its code, its sentence, in the form of
//! the version that was asked for.

use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    error::{Code, Error, Reason},
    http::set_retry_after,
};

const API_VERSION: HeaderName = HeaderName::from_static("x-supabase-api-version");
const ERROR_CODE: HeaderName = HeaderName::from_static("x-sb-error-code");
/// Since this day errors are `{code, message}`.
const VERSION_2024: &str = "2024-01-01";

/// A refusal. As a response it is rendered by [`in_the_version_asked_for`].
#[derive(Debug, Clone)]
pub(super) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// What is wrong with a password.
    weak: Option<&'static str>,
    /// RFC 6749's form, which grants of other servers' tokens have in every version.
    oauth: bool,
    /// When it may be worth to come back.
    retry_after_ms: Option<u64>,
}

impl Refused {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Refused {
            status,
            code,
            message: message.into(),
            weak: None,
            oauth: false,
            retry_after_ms: None,
        }
    }

    /// A value that is not allowed.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "validation_failed", message)
    }

    /// A refusal of RFC 6749.
    pub(super) fn oauth(error: &'static str, description: impl Into<String>) -> Self {
        Refused {
            oauth: true,
            ..Self::new(StatusCode::BAD_REQUEST, error, description)
        }
    }

    /// The same with another status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Refused { status, ..self }
    }

    fn body(&self, is_2024: bool) -> Value {
        if self.oauth {
            return json!({"error": self.code, "error_description": self.message});
        }
        let mut body = match is_2024 {
            true => json!({"code": self.code, "message": self.message}),
            false => json!({
                "code": self.status.as_u16(),
                "error_code": self.code,
                "msg": self.message,
            }),
        };
        if let Some(weak) = self.weak {
            body["weak_password"] = json!({"reasons": [weak]});
        }
        body
    }

    fn render(&self, is_2024: bool) -> Response {
        let mut response = (self.status, Json(self.body(is_2024))).into_response();
        set_retry_after(&mut response, self.retry_after_ms);
        let headers = response.headers_mut();
        if !self.oauth {
            headers.insert(ERROR_CODE, HeaderValue::from_static(self.code));
        }
        if is_2024 {
            headers.insert(API_VERSION, HeaderValue::from_static(VERSION_2024));
        }
        response
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Renders what endpoints refuse.
pub(super) async fn in_the_version_asked_for(request: Request, next: Next) -> Response {
    let is_2024 = asks_for_2024(request.headers());
    let response = next.run(request).await;
    match response.extensions().get::<Refused>() {
        Some(refused) => refused.render(is_2024),
        None => response,
    }
}

/// Versions are days. Whoever names none, or none that is understood, gets the first form.
fn asks_for_2024(headers: &HeaderMap) -> bool {
    let asked = headers
        .get(API_VERSION)
        .and_then(|value| value.to_str().ok());
    asked.is_some_and(|asked| {
        chrono::NaiveDate::parse_from_str(asked, "%Y-%m-%d").is_ok() && asked >= VERSION_2024
    })
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let refused = match error.reason() {
            Some(reason) => of_reason(reason, &error),
            None => of_code(&error),
        };
        Refused {
            retry_after_ms: error.retry_after_ms(),
            ..refused
        }
    }
}

fn of_code(error: &Error) -> Refused {
    let (status, code) = match error.code() {
        Code::Unauthenticated => (401, "no_authorization"),
        Code::Forbidden => (403, "no_authorization"),
        Code::NotFound => (404, "not_found"),
        Code::Conflict => (409, "conflict"),
        Code::LimitExceeded => (422, "validation_failed"),
        Code::RateLimited => (429, "over_request_rate_limit"),
        Code::Timeout => (504, "request_timeout"),
        Code::Unavailable => (503, "unexpected_failure"),
        Code::Internal => (500, "unexpected_failure"),
        _ => (400, "validation_failed"),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    Refused::new(status, code, error.message())
}

/// Where applications compare sentences, these are Supabase's.
#[expect(
    clippy::too_many_lines,
    reason = "a list, which the compiler holds against that of all reasons"
)]
fn of_reason(reason: Reason, error: &Error) -> Refused {
    let own = error.message();
    let (status, code, message) = match reason {
        Reason::ActingAsUser => (403, "no_authorization", own),
        Reason::AddressInvalid => (
            400,
            "validation_failed",
            "Unable to validate email address: invalid format",
        ),
        Reason::AddressTaken => (422, "user_already_exists", "User already registered"),
        Reason::AnonymousDisabled => (
            422,
            "anonymous_provider_disabled",
            "Anonymous sign-ins are disabled",
        ),
        Reason::AnonymousUser => (403, "no_authorization", own),
        Reason::Banned => (403, "user_banned", "User is banned"),
        Reason::ChallengeExpired => (400, "webauthn_challenge_expired", "Challenge has expired"),
        Reason::ChallengeUnknown => (
            400,
            "webauthn_challenge_not_found",
            "Challenge not found or already used",
        ),
        Reason::CodeVerifierWrong => (
            400,
            "bad_code_verifier",
            "code challenge does not match previously saved code verifier",
        ),
        Reason::EmailNotConfirmed => (400, "email_not_confirmed", "Email not confirmed"),
        Reason::FactorCodeWrong => (422, "mfa_verification_failed", "Invalid TOTP code entered"),
        Reason::FactorUnknown => (404, "mfa_factor_not_found", "Factor not found"),
        Reason::FlowUnknown => (
            404,
            "flow_state_not_found",
            "invalid flow state, no valid flow state found",
        ),
        Reason::IdentityTaken => (
            422,
            "identity_already_exists",
            "Identity is already linked to another user",
        ),
        Reason::IdentityUnknown => (422, "identity_not_found", "Identity doesn't exist"),
        Reason::LastWayIn => (
            422,
            "single_identity_not_deletable",
            "User must have at least 1 identity after unlinking",
        ),
        Reason::MailCodeInvalid => (403, "otp_expired", "Token has expired or is invalid"),
        Reason::NotAdmin => (403, "not_admin", "User not allowed"),
        Reason::PasskeyInvalid => (
            400,
            "webauthn_verification_failed",
            "Credential verification failed",
        ),
        Reason::PasskeysOff => (404, "passkey_disabled", own),
        Reason::PasskeyTaken => (
            422,
            "webauthn_credential_exists",
            "This credential is already registered",
        ),
        Reason::PasskeyUnknown => (404, "validation_failed", "Passkey not found"),
        Reason::PasswordWrong => (400, "current_password_invalid", own),
        Reason::ProviderTokenInvalid => return Refused::oauth("invalid request", "Bad ID token"),
        Reason::ProviderUnknown | Reason::RedirectRefused => (400, "validation_failed", own),
        Reason::ReauthenticationNeeded => (
            400,
            "reauthentication_needed",
            "Password update requires reauthentication",
        ),
        Reason::RefreshTokenUnknown => (
            400,
            "refresh_token_not_found",
            "Invalid Refresh Token: Refresh Token Not Found",
        ),
        Reason::RefreshTokenUsed => (
            400,
            "refresh_token_already_used",
            "Invalid Refresh Token: Already Used",
        ),
        Reason::SecondFactorNeeded => (403, "insufficient_aal", own),
        Reason::SessionEnded => (
            403,
            "session_not_found",
            "Session from session_id claim in JWT does not exist",
        ),
        Reason::SignUpDisabled => (
            422,
            "signup_disabled",
            "Signups not allowed for this instance",
        ),
        Reason::TooManyFactors => (422, "too_many_enrolled_mfa_factors", own),
        Reason::TooManyMails => (
            429,
            "over_email_send_rate_limit",
            "email rate limit exceeded",
        ),
        Reason::TooManyPasskeys => (
            422,
            "too_many_passkeys",
            "Maximum number of passkeys reached",
        ),
        Reason::UserUnknown => (404, "user_not_found", "User not found"),
        Reason::WeakPasswordKnown | Reason::WeakPasswordLength => (422, "weak_password", own),
        Reason::WrongCredentials => (400, "invalid_credentials", "Invalid login credentials"),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    Refused {
        weak: match reason {
            Reason::WeakPasswordKnown => Some("pwned"),
            Reason::WeakPasswordLength => Some("length"),
            _ => None,
        },
        ..Refused::new(status, code, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_that_of_the_version_asked_for() {
        let refused =
            Refused::from(Error::bad_input("too short").because(Reason::WeakPasswordLength));
        assert_eq!(
            refused.body(true),
            json!({"code": "weak_password", "message": "too short", "weak_password": {"reasons": ["length"]}})
        );
        assert_eq!(
            refused.body(false),
            json!({"code": 422, "error_code": "weak_password", "msg": "too short",
                   "weak_password": {"reasons": ["length"]}})
        );
        assert_eq!(
            Refused::oauth("invalid request", "no").body(true),
            json!({"error": "invalid request", "error_description": "no"})
        );
    }

    #[test]
    fn versions_are_days() {
        for (asked, is_2024) in [
            ("2024-01-01", true),
            ("2025-06-30", true),
            ("2023-12-31", false),
            ("latest", false),
        ] {
            let headers = HeaderMap::from_iter([(API_VERSION, HeaderValue::from_static(asked))]);
            assert_eq!(asks_for_2024(&headers), is_2024, "{asked}");
        }
        assert!(!asks_for_2024(&HeaderMap::new()));
    }

    #[test]
    fn every_reason_has_a_code_of_its_own_kind() {
        for reason in Reason::ALL {
            let refused = Refused::from(Error::forbidden("no").because(*reason));
            assert!(refused.status.is_client_error(), "{reason:?}");
            assert!(!refused.code.is_empty(), "{reason:?}");
        }
    }
}
