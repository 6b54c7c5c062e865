//! Keys of devices as second factors, by WebAuthn: security keys, and whatever else signs in a browser.
//!
//! After a password or a mail it is enough that the device is there and somebody touches it; a device that asked for a PIN
//! or a finger when its key was made has to ask each time. A factor is made first and gets its key by the answer to its
//! first challenge. Nothing is asked about the make of the device.

use deadpool_postgres::Transaction;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_postgres::error::SqlState;
use uuid::Uuid;
use webauthn_rs::prelude::{
    AuthenticationResult, CredentialID, PublicKeyCredential, RegisterPublicKeyCredential,
    SecurityKey, SecurityKeyAuthentication, SecurityKeyRegistration, WebauthnError,
};

use super::{Assured, Codes, FactorInfo, FactorKind, Shown, check_name, has_factor, no_factor};
use crate::{
    accounts::{
        Accounts, Client, begin,
        passkeys::{Aim, Ceremony, disbelieved, names, taken, unknown_challenge, unreadable},
        sessions::Method,
        users::User,
    },
    auth::Caller,
    error::{Error, Result},
};

/// What a browser is to do with the key of a factor.
pub struct KeyChallenge {
    /// The challenge, and what the browser is told.
    pub ceremony: Ceremony,
    /// Whether the device makes its key by this; else it signs with it.
    pub is_registration: bool,
}

/// What is kept of a challenge.
#[derive(Serialize, Deserialize)]
enum State {
    Create(SecurityKeyRegistration),
    Request(SecurityKeyAuthentication),
}

/// A factor's row.
struct KeyFactor {
    id: Uuid,
    /// There is none before the first challenge is answered.
    key: Option<SecurityKey>,
}

impl Accounts {
    /// Makes a factor for the caller whose key a device has yet to make: [`Accounts::challenge_factor`] asks for it.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN for anonymous accounts and where the present factor is missing; NOT_FOUND where browsers
    /// have no keys for this server's address; BAD_USER_INPUT for the name; LIMIT_EXCEEDED beyond ten factors.
    pub async fn enrol_webauthn(
        &self,
        caller: &Caller,
        friendly_name: &str,
        from: &Client,
    ) -> Result<FactorInfo> {
        self.webauthn()?;
        let name = check_name(friendly_name)?;
        let mut client = self.connection().await?;
        let tx = begin(&mut client).await?;
        let user = self.may_enrol(&tx, caller).await?;
        let row = tx
            .query_one(
                "insert into auth.mfa_factors (user_id, friendly_name, factor_type) values ($1, $2, $3) \
                 returning id, factor_type, friendly_name, verified_at, created_at, updated_at",
                &[&user.id, &name, &FactorKind::Webauthn.as_str()],
            )
            .await?;
        let factor = FactorInfo::from_row(&row);
        let details = json!({"factor": factor.id});
        self.log(&tx, user.id, "auth_factor_enrol", details, from)
            .await?;
        tx.commit().await?;
        Ok(factor)
    }

    /// Asks for the key of a factor: to be made, where the factor is not yet in force, else to sign. Nothing for an
    /// authenticator app, whose codes need no challenge.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN for a new factor where the present one is missing; NOT_FOUND for another's factor, and
    /// where browsers have no keys for this server's address; RATE_LIMITED.
    pub async fn challenge_factor(
        &self,
        caller: &Caller,
        factor: Uuid,
        from: &Client,
    ) -> Result<Option<KeyChallenge>> {
        self.count_attempt(None, from).await?;
        let mut client = self.connection().await?;
        let tx = begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        let Some(factor) = key_factor(&tx, user.id, factor).await? else {
            return Ok(None);
        };
        let is_registration = factor.key.is_none();
        let (state, options) = match factor.key {
            Some(key) => self.ask_to_sign(&key)?,
            None => {
                self.require_own_factor(&tx, &user, &session).await?;
                let present = keys_of(&tx, user.id).await?;
                self.ask_for_key(&user, factor.id, present)?
            }
        };
        let aim = Aim::Factor {
            user: user.id,
            factor: factor.id,
        };
        let ceremony = self.keep_challenge(&tx, aim, &state, options).await?;
        tx.commit().await?;
        Ok(Some(KeyChallenge {
            ceremony,
            is_registration,
        }))
    }

    fn ask_for_key(
        &self,
        user: &User,
        factor: Uuid,
        present: Vec<CredentialID>,
    ) -> Result<(State, Value)> {
        let (name, display_name) = names(user);
        // The key is the factor's and not the account's: devices keep one key for each such id, and a passkey of the
        // account would give way to this one.
        let (options, state) = self
            .webauthn()?
            .start_securitykey_registration(factor, &name, &display_name, Some(present), None, None)
            .map_err(Error::internal)?;
        let mut options = serde_json::to_value(options.public_key).map_err(Error::internal)?;
        // A key protected like this is lost on a device that has no PIN.
        if let Some(extensions) = options["extensions"].as_object_mut() {
            extensions.remove("credentialProtectionPolicy");
            extensions.remove("enforceCredentialProtectionPolicy");
        }
        Ok((State::Create(state), options))
    }

    fn ask_to_sign(&self, key: &SecurityKey) -> Result<(State, Value)> {
        let (options, state) = self
            .webauthn()?
            .start_securitykey_authentication(std::slice::from_ref(key))
            .map_err(Error::internal)?;
        let options = serde_json::to_value(options.public_key).map_err(Error::internal)?;
        Ok((State::Request(state), options))
    }

    /// Takes what a device made or signed, as the browser's `toJSON` writes it: confirms a new factor, and lifts the
    /// session to `aal2`.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in, the challenge is unknown, used or too old, or the answer is none to it;
    /// NOT_FOUND for another's factor; CONFLICT for a key that is a factor already; BAD_USER_INPUT; RATE_LIMITED.
    pub async fn verify_webauthn(
        &self,
        caller: &Caller,
        factor: Uuid,
        answer: (Uuid, Value),
        codes: Codes,
        from: &Client,
    ) -> Result<Assured> {
        let account = self.count_factor_attempt(caller, from).await?;
        let user = crate::accounts::signed_in(caller)?;
        let (challenge, credential) = answer;
        let aim = Aim::Factor { user, factor };
        let state: State = self.take_challenge(challenge, aim).await?;
        let mut client = self.connection().await?;
        let tx = begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        let factor = key_factor(&tx, user.id, factor)
            .await?
            .ok_or_else(no_factor)?;
        let is_first = factor.key.is_none() && !has_factor(&tx, user.id).await?;
        let judged = match (state, factor.key) {
            (State::Create(state), None) => {
                self.require_own_factor(&tx, &user, &session).await?;
                self.made(&state, credential)
            }
            (State::Request(state), Some(key)) => self.signed(&state, key, credential),
            // The factor was confirmed by another challenge in the meantime.
            _ => return Err(unknown_challenge()),
        };
        let key = match judged {
            Ok(key) => key,
            Err(error) => {
                self.not_shown(tx, &user, factor.id, from).await?;
                return Err(error);
            }
        };
        keep(&tx, factor.id, &key).await?;
        let shown = Shown {
            method: Method::Webauthn,
            is_first,
            codes,
        };
        let assured = self.shown(&tx, user, &session, shown, from).await?;
        tx.commit().await?;
        drop(client);
        self.forget_attempts(&account).await?;
        Ok(assured)
    }

    /// The key that a device made.
    fn made(&self, state: &SecurityKeyRegistration, credential: Value) -> Result<SecurityKey> {
        let answer: RegisterPublicKeyCredential =
            serde_json::from_value(credential).map_err(unreadable)?;
        self.webauthn()?
            .finish_securitykey_registration(&answer, state)
            .map_err(disbelieved)
    }

    /// The key that signed, one use older.
    fn signed(
        &self,
        state: &SecurityKeyAuthentication,
        mut key: SecurityKey,
        credential: Value,
    ) -> Result<SecurityKey> {
        let answer: PublicKeyCredential = serde_json::from_value(credential).map_err(unreadable)?;
        let shown = self
            .webauthn()?
            .finish_securitykey_authentication(&answer, state)
            .map_err(disbelieved)?;
        if !advances(&mut key, &shown) {
            return Err(disbelieved(WebauthnError::CredentialPossibleCompromise));
        }
        Ok(key)
    }
}

/// Whether the device counted on from its last use, which may be later than the challenge: else there are two of it.
/// Devices that do not count say 0.
fn advances(key: &mut SecurityKey, shown: &AuthenticationResult) -> bool {
    match key.update_credential(shown) {
        Some(changed) => changed || shown.counter() == 0,
        None => false,
    }
}

/// Locks a factor's row: of two answers by one key the second meets the first one's count. Nothing for an authenticator
/// app.
async fn key_factor(tx: &Transaction<'_>, user: Uuid, id: Uuid) -> Result<Option<KeyFactor>> {
    let row = tx
        .query_opt(
            "select factor_type, credential from auth.mfa_factors \
             where id = $1 and user_id = $2 for update",
            &[&id, &user],
        )
        .await?
        .ok_or_else(no_factor)?;
    if FactorKind::of(&row) == FactorKind::Totp {
        return Ok(None);
    }
    let kept: Option<Value> = row.get("credential");
    let key = kept.map(serde_json::from_value).transpose();
    Ok(Some(KeyFactor {
        id,
        key: key.map_err(Error::internal)?,
    }))
}

/// The account's keys, which no device is to make again.
async fn keys_of(tx: &Transaction<'_>, user: Uuid) -> Result<Vec<CredentialID>> {
    let sql = "select credential_id from auth.mfa_factors \
               where user_id = $1 and credential_id is not null";
    let rows = tx.query(sql, &[&user]).await?;
    let ids = rows.iter().map(|row| row.get::<_, Vec<u8>>(0));
    Ok(ids.collect())
}

/// Keeps a factor's key; with its first one the factor is in force. One key is one factor, of all accounts.
async fn keep(tx: &Transaction<'_>, factor: Uuid, key: &SecurityKey) -> Result<()> {
    let kept = serde_json::to_value(key).map_err(Error::internal)?;
    let id: &[u8] = key.cred_id().as_ref();
    let sql = "update auth.mfa_factors \
               set credential_id = $2, credential = $3, verified_at = coalesce(verified_at, now()) \
               where id = $1";
    tx.execute(sql, &[&factor, &id, &kept])
        .await
        .map_err(|error| match error.code() {
            Some(&SqlState::UNIQUE_VIOLATION) => taken(),
            _ => error.into(),
        })?;
    Ok(())
}
