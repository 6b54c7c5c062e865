//! Passkeys: keys of people's devices that sign them in without a password, by WebAuthn.
//!
//! A passkey is a way in, as a password is, and no second factor: an account that has one shows it after a passkey, too.
//! Nothing is asked about the make of a device (no attestation). The device finds the key by itself (discoverable), so
//! nobody types an address, and no answer tells which addresses have accounts. Whoever loses the device comes in by a
//! mail or a password as before.

mod enrol;
mod manage;
mod relying_party;
mod sign_in;

use chrono::{DateTime, TimeDelta, Utc};
use deadpool_postgres::Transaction;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio_postgres::Row;
use uuid::Uuid;
use webauthn_rs::prelude::{Webauthn, WebauthnError};

use super::Accounts;
use crate::error::{Code, Error, Reason, Result};

pub(super) use relying_party::relying_party;

/// How long a challenge may be answered: as long as an autofill prompt is likely to be open.
const CHALLENGE: TimeDelta = TimeDelta::minutes(5);
/// As many passkeys an account has at most.
const PASSKEYS_MAX: i64 = 20;

/// What a browser is to do.
pub struct Ceremony {
    /// Names the challenge.
    pub id: Uuid,
    /// What `navigator.credentials` takes as `publicKey`, in its JSON form.
    pub options: Value,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// A passkey as its owner sees it.
pub struct PasskeyInfo {
    /// Its key.
    pub id: Uuid,
    /// What the owner calls it.
    pub friendly_name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last signed its owner in.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl Ceremony {
    /// `PasskeyCeremony` of the schema.
    pub fn to_json(&self) -> Value {
        json!({"challengeId": self.id, "options": self.options, "expiresAt": self.expires_at})
    }
}

impl PasskeyInfo {
    fn from_row(row: &Row) -> Self {
        PasskeyInfo {
            id: row.get("id"),
            friendly_name: row.get("friendly_name"),
            created_at: row.get("created_at"),
            last_used_at: row.get("last_used_at"),
        }
    }

    /// `Passkey` of the schema.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "friendlyName": self.friendly_name,
            "createdAt": self.created_at,
            "lastUsedAt": self.last_used_at,
        })
    }
}

impl Accounts {
    /// Whether this server knows at which address people sign in: a passkey is good for one.
    pub fn has_passkeys(&self) -> bool {
        self.passkeys.is_some()
    }

    fn webauthn(&self) -> Result<&Webauthn> {
        self.passkeys.as_ref().ok_or_else(|| {
            Error::new(
                Code::NotFound,
                "There are no passkeys here: browsers allow them by https and a host name, which MINDLOOM_PUBLIC_URL or \
                 MINDLOOM_SITE_URL names",
            )
            .because(Reason::PasskeysOff)
        })
    }

    /// Keeps a challenge.
    async fn keep_challenge(
        &self,
        tx: &Transaction<'_>,
        user: Option<Uuid>,
        state: &impl Serialize,
        options: Value,
    ) -> Result<Ceremony> {
        let (id, expires_at) = (Uuid::now_v7(), Utc::now() + CHALLENGE);
        let state = serde_json::to_value(state).map_err(Error::internal)?;
        tx.execute(
            "insert into auth.passkey_challenges (id, user_id, state, expires_at) values ($1, $2, $3, $4)",
            &[&id, &user, &state, &expires_at],
        )
        .await?;
        Ok(Ceremony {
            id,
            options,
            expires_at,
        })
    }

    /// Takes a challenge away, whatever becomes of the answer: of two answers one finds it.
    async fn take_challenge<S: DeserializeOwned>(&self, id: Uuid, user: Option<Uuid>) -> Result<S> {
        let client = self.connection().await?;
        let row = client
            .query_opt(
                "delete from auth.passkey_challenges where id = $1 and user_id is not distinct from $2 \
                 returning state, expires_at > now()",
                &[&id, &user],
            )
            .await?;
        let row = row.ok_or_else(|| {
            Error::new(
                Code::Unauthenticated,
                "The challenge is unknown or was answered before; begin again",
            )
            .because(Reason::ChallengeUnknown)
        })?;
        if !row.get::<_, bool>(1) {
            return Err(Error::new(
                Code::Unauthenticated,
                "The challenge is older than five minutes; begin again",
            )
            .because(Reason::ChallengeExpired));
        }
        serde_json::from_value(row.get(0)).map_err(Error::internal)
    }
}

/// One answer to all that is wrong with what a device signed; the log knows more.
fn disbelieved(error: WebauthnError) -> Error {
    tracing::info!(%error, "a passkey's answer was refused");
    Error::new(
        Code::Unauthenticated,
        "The passkey's answer is none to this challenge, at this address, by this key",
    )
    .because(Reason::PasskeyInvalid)
    .caused_by(error)
}

/// What a browser sent that is no answer at all.
fn unreadable(error: serde_json::Error) -> Error {
    Error::bad_input(format!("The credential cannot be read: {error}"))
        .with("field", "credential")
        .because(Reason::PasskeyInvalid)
}

fn no_passkey() -> Error {
    Error::new(Code::NotFound, "You have no such passkey").because(Reason::PasskeyUnknown)
}

fn check_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if (1..=120).contains(&name.chars().count()) {
        return Ok(name);
    }
    Err(Error::bad_input("friendlyName has 1 to 120 characters").with("field", "friendlyName"))
}
