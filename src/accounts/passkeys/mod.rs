//! Passkeys: keys of people's devices that sign them in without a password, by WebAuthn.
//!
//! A passkey is a way in, as a password is, and no second factor (these are in [`super::factors`]): an account that has one shows it after a passkey, too.
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

pub(super) use self::{
    enrol::{names, taken},
    relying_party::relying_party,
};

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

/// What a challenge is good for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim {
    /// Signing in whoever's passkey answers it.
    SignIn,
    /// A new passkey of an account.
    Passkey { user: Uuid },
    /// A second factor of an account.
    Factor { user: Uuid, factor: Uuid },
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

impl Aim {
    /// The account and the factor that it names.
    const fn columns(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Aim::SignIn => (None, None),
            Aim::Passkey { user } => (Some(user), None),
            Aim::Factor { user, factor } => (Some(user), Some(factor)),
        }
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

    /// Makes and checks challenges for this server's address.
    ///
    /// # Errors
    /// NOT_FOUND where browsers have no passkeys for it.
    pub(super) fn webauthn(&self) -> Result<&Webauthn> {
        self.passkeys.as_ref().ok_or_else(|| {
            Error::new(
                Code::NotFound,
                "There are no passkeys and security keys here: browsers allow them by https and a host name, which MINDLOOM_PUBLIC_URL or \
                 MINDLOOM_SITE_URL names",
            )
            .because(Reason::PasskeysOff)
        })
    }

    /// Keeps a challenge.
    pub(super) async fn keep_challenge(
        &self,
        tx: &Transaction<'_>,
        aim: Aim,
        state: &impl Serialize,
        options: Value,
    ) -> Result<Ceremony> {
        let (id, expires_at) = (Uuid::now_v7(), Utc::now() + CHALLENGE);
        let (user, factor) = aim.columns();
        let state = serde_json::to_value(state).map_err(Error::internal)?;
        tx.execute(
            "insert into auth.passkey_challenges (id, user_id, factor_id, state, expires_at) \
             values ($1, $2, $3, $4, $5)",
            &[&id, &user, &factor, &state, &expires_at],
        )
        .await?;
        Ok(Ceremony {
            id,
            options,
            expires_at,
        })
    }

    /// Takes a challenge away, whatever becomes of the answer: of two answers one finds it.
    ///
    /// # Errors
    /// UNAUTHENTICATED when it is unknown, used, too old or for something else.
    pub(super) async fn take_challenge<S: DeserializeOwned>(
        &self,
        id: Uuid,
        aim: Aim,
    ) -> Result<S> {
        let client = self.connection().await?;
        let (user, factor) = aim.columns();
        let row = client
            .query_opt(
                "delete from auth.passkey_challenges where id = $1 and user_id is not distinct from $2 \
                   and factor_id is not distinct from $3 \
                 returning state, expires_at > now()",
                &[&id, &user, &factor],
            )
            .await?
            .ok_or_else(unknown_challenge)?;
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

pub(super) fn unknown_challenge() -> Error {
    Error::new(
        Code::Unauthenticated,
        "The challenge is unknown or was answered before; begin again",
    )
    .because(Reason::ChallengeUnknown)
}

/// One answer to all that is wrong with what a device signed; the log knows more.
pub(super) fn disbelieved(error: WebauthnError) -> Error {
    tracing::info!(%error, "a device's answer was refused");
    Error::new(
        Code::Unauthenticated,
        "The device's answer is none to this challenge, at this address, by this key",
    )
    .because(Reason::PasskeyInvalid)
    .caused_by(error)
}

/// What a browser sent that is no answer at all.
pub(super) fn unreadable(error: serde_json::Error) -> Error {
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
