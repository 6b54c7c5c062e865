//! Signing in by a passkey.

use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PublicKeyCredential, WebauthnError,
};

use super::{Aim, Ceremony, disbelieved, unreadable};
use crate::{
    accounts::{Accounts, Client, Issued, Method, users},
    error::{Error, Reason, Result},
};

impl Accounts {
    /// Asks a browser for whatever passkey of this server its user picks.
    ///
    /// # Errors
    /// NOT_FOUND where there are no passkeys; RATE_LIMITED.
    pub async fn begin_passkey_sign_in(&self, from: &Client) -> Result<Ceremony> {
        let webauthn = self.webauthn()?;
        self.count_attempt(None, from).await?;
        let (options, state) = webauthn
            .start_discoverable_authentication()
            .map_err(Error::internal)?;
        let options = serde_json::to_value(options.public_key).map_err(Error::internal)?;
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let ceremony = self
            .keep_challenge(&tx, Aim::SignIn, &state, options)
            .await?;
        tx.commit().await?;
        Ok(ceremony)
    }

    /// Signs in whoever's passkey signed the challenge. Where the account has a second factor, the session starts at
    /// aal1, as after a password.
    ///
    /// # Errors
    /// UNAUTHENTICATED when the challenge is unknown, used or too old, or the answer is none to it by a key of this
    /// server; FORBIDDEN for a suspended or unconfirmed account; BAD_USER_INPUT; RATE_LIMITED.
    pub async fn sign_in_with_passkey(
        &self,
        challenge: Uuid,
        credential: Value,
        from: &Client,
    ) -> Result<Issued> {
        let webauthn = self.webauthn()?;
        self.count_attempt(None, from).await?;
        let answer: PublicKeyCredential = serde_json::from_value(credential).map_err(unreadable)?;
        let state: DiscoverableAuthentication = self.take_challenge(challenge, Aim::SignIn).await?;
        let (owner, credential_id) = webauthn
            .identify_discoverable_authentication(&answer)
            .map_err(disbelieved)?;
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let unknown = || disbelieved(WebauthnError::CredentialNotFound);
        let user = users::by_id(&tx, owner).await?.ok_or_else(unknown)?;
        // The key's row is locked: of two answers by one key the second meets the first one's count.
        let row = tx
            .query_opt(
                "select id, credential from auth.passkeys where credential_id = $1 and user_id = $2 for update",
                &[&credential_id, &user.id],
            )
            .await?
            .ok_or_else(unknown)?;
        let id: Uuid = row.get(0);
        let mut passkey: Passkey = serde_json::from_value(row.get(1)).map_err(Error::internal)?;
        let outcome = webauthn.finish_discoverable_authentication_v2(&answer, state, &passkey);
        let shown = match outcome {
            Ok(shown) => shown,
            Err(error) => {
                let cloned = matches!(error, WebauthnError::CredentialPossibleCompromise);
                let details = json!({"passkey": id, "cloned": cloned});
                self.log_failure(&tx, user.id, "auth_login", details, from)
                    .await?;
                tx.commit().await?;
                if cloned {
                    tracing::warn!(passkey = %id, user = %user.id, "a passkey counts backwards: there may be a copy of it");
                }
                return Err(disbelieved(error));
            }
        };
        if user.is_banned() {
            return Err(users::banned());
        }
        if user.email.is_some() && user.email_confirmed_at.is_none() {
            return Err(
                Error::forbidden("Confirm your address first").because(Reason::EmailNotConfirmed)
            );
        }
        passkey.update_credential(&shown);
        let kept = serde_json::to_value(&passkey).map_err(Error::internal)?;
        tx.execute(
            "update auth.passkeys set credential = $2, last_used_at = now() where id = $1",
            &[&id, &kept],
        )
        .await?;
        let session = self
            .start_session(&tx, &user, Method::Passkey, from)
            .await?;
        let details = json!({"method": Method::Passkey.as_str(), "passkey": id});
        let from = &from.in_session(session.session_id);
        self.log(&tx, user.id, "auth_login", details, from).await?;
        tx.commit().await?;
        Ok(session)
    }
}
