//! Accounts and sessions in the words of auth-js.

use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{Auth, Outcome, Refused};
use crate::accounts::{Details, FactorInfo, IdentityInfo, Issued, User};

/// JSON that no cache keeps: it may hold tokens.
pub(super) fn answer(body: &Value) -> Response {
    let mut response = Json(body).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

/// An object without anything in it: what was asked for was done.
pub(super) fn done() -> Response {
    answer(&json!({}))
}

impl Auth {
    /// A session, with its account.
    pub(super) async fn session(&self, session: &Issued) -> Outcome {
        let user = self.whole_user(&session.user).await?;
        Ok(answer(&json!({
            "access_token": session.access_token.expose(),
            "token_type": "bearer",
            "expires_in": session.expires_in,
            "expires_at": session.expires_at,
            "refresh_token": session.refresh_token.expose(),
            "user": user,
        })))
    }

    /// An account with what belongs to it.
    pub(super) async fn whole_user(&self, user: &User) -> Result<Value, Refused> {
        let details = self.accounts.details_of(user.id).await?;
        Ok(self.user(user, &details))
    }

    /// An account, as auth-js' type `User` describes it.
    pub(super) fn user(&self, user: &User, details: &Details) -> Value {
        let mut shown = json!({
            "id": user.id,
            "aud": &*self.audience,
            "role": "authenticated",
            "email": user.email.as_deref().unwrap_or_default(),
            "phone": "",
            "app_metadata": user.app_metadata,
            "user_metadata": user.user_metadata,
            "identities": identities(user, details),
            "created_at": user.created_at,
            "updated_at": user.updated_at,
            "is_anonymous": user.is_anonymous,
        });
        if let Some(shown) = shown.as_object_mut() {
            let times = [
                ("email_confirmed_at", user.email_confirmed_at),
                ("confirmed_at", user.email_confirmed_at),
                ("last_sign_in_at", user.last_sign_in_at),
                ("banned_until", user.banned_until),
            ];
            let known = times.into_iter().filter_map(|(name, at)| Some((name, at?)));
            shown.extend(known.map(|(name, at)| (name.to_owned(), json!(at))));
            if !details.factors.is_empty() {
                let factors = details.factors.iter().map(factor).collect();
                shown.insert("factors".to_owned(), Value::Array(factors));
            }
            show_mails(shown, details);
        }
        shown
    }
}

/// Which mails wait for an answer.
fn show_mails(shown: &mut Map<String, Value>, details: &Details) {
    for mail in &details.mails {
        let name = match mail.purpose.as_str() {
            "confirm_email" => "confirmation_sent_at",
            "recover_password" | "magic_link" => "recovery_sent_at",
            "change_email" => "email_change_sent_at",
            "reauthenticate" => "reauthentication_sent_at",
            _ => continue,
        };
        shown.insert(name.to_owned(), json!(mail.sent_at));
        if mail.purpose == "change_email" {
            shown.insert("new_email".to_owned(), json!(mail.address));
        }
    }
}

/// The address of an account is an identity, too, whose key is the account's.
fn identities(user: &User, details: &Details) -> Value {
    let has_email = user
        .app_metadata
        .get("providers")
        .and_then(Value::as_array)
        .is_some_and(|providers| providers.iter().any(|provider| provider == "email"));
    let address = user.email.as_deref().filter(|_| has_email);
    let of_address = address.map(|address| {
        json!({
            "identity_id": user.id,
            "id": user.id,
            "user_id": user.id,
            "identity_data": {
                "sub": user.id,
                "email": address,
                "email_verified": user.email_confirmed_at.is_some(),
                "phone_verified": false,
            },
            "provider": "email",
            "last_sign_in_at": user.last_sign_in_at,
            "created_at": user.created_at,
            "updated_at": user.updated_at,
            "email": address,
        })
    });
    let at_providers = details
        .identities
        .iter()
        .map(|identity| at_provider(user, identity));
    of_address.into_iter().chain(at_providers).collect()
}

fn at_provider(user: &User, identity: &IdentityInfo) -> Value {
    json!({
        "identity_id": identity.id,
        "id": identity.account_id,
        "user_id": user.id,
        "identity_data": {"sub": identity.account_id, "provider_id": identity.account_id},
        "provider": identity.provider,
        "created_at": identity.created_at,
        "updated_at": identity.updated_at,
    })
}

/// A second factor, as auth-js' type `Factor` describes it.
pub(super) fn factor(factor: &FactorInfo) -> Value {
    let status = match factor.verified_at {
        Some(_) => "verified",
        None => "unverified",
    };
    json!({
        "id": factor.id,
        "friendly_name": factor.friendly_name,
        "factor_type": factor.kind.as_str(),
        "status": status,
        "created_at": factor.created_at,
        "updated_at": factor.updated_at,
    })
}
