//! Adding a passkey to the account that is signed in.

use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, Passkey, PasskeyRegistration, RegisterPublicKeyCredential,
};

use super::{Aim, Ceremony, PASSKEYS_MAX, PasskeyInfo, check_name, disbelieved, unreadable};
use crate::{
    accounts::{Accounts, Client, User},
    auth::Caller,
    error::{Code, Error, Reason, Result},
};

const DEFAULT_NAME: &str = "Passkey";

impl Accounts {
    /// Asks the caller's browser for a new key.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN for anonymous accounts and where the second factor is missing; NOT_FOUND where there
    /// are no passkeys; LIMIT_EXCEEDED beyond twenty; RATE_LIMITED.
    pub async fn begin_passkey(&self, caller: &Caller, from: &Client) -> Result<Ceremony> {
        let webauthn = self.webauthn()?;
        self.count_attempt(None, from).await?;
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        if user.is_anonymous {
            return Err(
                Error::forbidden("Make this account permanent before you add a passkey")
                    .because(Reason::AnonymousUser),
            );
        }
        let present = tx
            .query(
                "select credential_id from auth.passkeys where user_id = $1",
                &[&user.id],
            )
            .await?;
        let present: Vec<CredentialID> = present
            .iter()
            .map(|row| CredentialID::from(row.get::<_, Vec<u8>>(0)))
            .collect();
        if i64::try_from(present.len()).unwrap_or(i64::MAX) >= PASSKEYS_MAX {
            return Err(too_many());
        }
        let (name, display_name) = names(&user);
        let (options, state) = webauthn
            .start_passkey_registration(user.id, &name, &display_name, Some(present))
            .map_err(Error::internal)?;
        let mut options = serde_json::to_value(options.public_key).map_err(Error::internal)?;
        // The device keeps the key under its own name for the account, so that it is found without an address.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        let ceremony = self
            .keep_challenge(&tx, Aim::Passkey { user: user.id }, &state, options)
            .await?;
        tx.commit().await?;
        Ok(ceremony)
    }

    /// Takes the new key, as the browser's `toJSON` writes it.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in, the challenge is unknown, used or too old, or the answer is none to
    /// it; BAD_USER_INPUT; CONFLICT for a key that is somebody's already; else as [`Accounts::begin_passkey`].
    pub async fn finish_passkey(
        &self,
        caller: &Caller,
        challenge: Uuid,
        credential: Value,
        friendly_name: Option<&str>,
        from: &Client,
    ) -> Result<PasskeyInfo> {
        let webauthn = self.webauthn()?;
        let name = check_name(friendly_name.unwrap_or(DEFAULT_NAME))?.to_owned();
        let answer: RegisterPublicKeyCredential =
            serde_json::from_value(credential).map_err(unreadable)?;
        let user = crate::accounts::signed_in(caller)?;
        let state: PasskeyRegistration = self
            .take_challenge(challenge, Aim::Passkey { user })
            .await?;
        let passkey: Passkey = webauthn
            .finish_passkey_registration(&answer, &state)
            .map_err(disbelieved)?;
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        let count = "select count(*) from auth.passkeys where user_id = $1";
        if tx.query_one(count, &[&user.id]).await?.get::<_, i64>(0) >= PASSKEYS_MAX {
            return Err(too_many());
        }
        let kept = serde_json::to_value(&passkey).map_err(Error::internal)?;
        let credential_id: &[u8] = passkey.cred_id().as_ref();
        let row = tx
            .query_opt(
                "insert into auth.passkeys (user_id, credential_id, credential, friendly_name) \
                 values ($1, $2, $3, $4) on conflict (credential_id) do nothing \
                 returning id, friendly_name, created_at, last_used_at",
                &[&user.id, &credential_id, &kept, &name],
            )
            .await?;
        let row = row.ok_or_else(taken)?;
        let info = PasskeyInfo::from_row(&row);
        let details = json!({"passkey": info.id});
        self.log(&tx, user.id, "auth_passkey_add", details, from)
            .await?;
        tx.commit().await?;
        Ok(info)
    }
}

/// What the device shows beside the key.
pub(in crate::accounts) fn names(user: &User) -> (String, String) {
    let name = user.email.clone().unwrap_or_else(|| user.id.to_string());
    let of = |field: &str| {
        let text = user.user_metadata.get(field)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.chars().take(64).collect::<String>())
    };
    let display_name = of("name").or_else(|| of("full_name"));
    (name.clone(), display_name.unwrap_or(name))
}

/// Somebody has the key already.
pub(in crate::accounts) fn taken() -> Error {
    Error::new(Code::Conflict, "This key is registered already").because(Reason::PasskeyTaken)
}

fn too_many() -> Error {
    Error::limit_exceeded(
        "passkeys",
        PASSKEYS_MAX,
        format!("An account has at most {PASSKEYS_MAX} passkeys"),
    )
    .because(Reason::TooManyPasskeys)
}
