//! A flow's steps: away to the provider, back from it, and the exchange of the code for a session.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use deadpool_postgres::Transaction;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use url::Url;
use uuid::Uuid;

use super::provider::Identity;
use crate::{
    accounts::{Accounts, Client, Issued, limits::Subject, secret::Secret},
    auth::Caller,
    error::{Code, Error, Result},
};

const PLACE: &str = "auth.oauth_flows.verifier";
const CALLBACK: &str = "auth/v1/callback";

/// What the browser brings back from the provider.
#[derive(Default, serde::Deserialize)]
pub struct Callback {
    /// Names the flow.
    pub state: Option<String>,
    /// The provider's code.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
}

/// A flow that came back, with its identity; deleted by being read.
pub(super) struct Returned {
    pub provider: String,
    pub identity: Identity,
    pub link_user_id: Option<Uuid>,
}

/// A flow whose browser is back.
struct ReturnedFlow {
    id: Uuid,
    provider: String,
    verifier: String,
    nonce: String,
    redirect_to: String,
}

impl Accounts {
    /// The names of the providers through whom people can sign in.
    pub fn oauth_providers(&self) -> Vec<String> {
        self.providers.names()
    }

    /// Begins a sign-in, or with `link` the linking of a provider to that caller's account. Returns where to
    /// send the browser. `code_challenge` is the base64url SHA-256 of a secret that the client keeps for
    /// [`Accounts::exchange_oauth_code`].
    ///
    /// # Errors
    /// BAD_USER_INPUT for an unknown provider, a malformed challenge, or a redirect that is not allowed;
    /// UNAUTHENTICATED or FORBIDDEN when a link is asked for that the caller may not make; UNAVAILABLE when
    /// the provider does not answer; RATE_LIMITED.
    pub async fn begin_oauth(
        &self,
        provider: &str,
        redirect_to: &str,
        code_challenge: &str,
        link: Option<&Caller>,
        from: &Client,
    ) -> Result<Url> {
        let well_formed = BASE64_URL_SAFE_NO_PAD
            .decode(code_challenge)
            .is_ok_and(|digest| digest.len() == 32);
        if !well_formed {
            return Err(Error::bad_input(
                "codeChallenge is the SHA-256 of the code verifier in base64url without padding",
            )
            .with("field", "codeChallenge"));
        }
        let redirect_to = self.check_redirect(redirect_to)?;
        self.count_attempt(None, from).await?;
        let link_user_id = match link {
            Some(caller) => Some(self.may_link(caller).await?),
            None => None,
        };
        let departure = self
            .providers
            .depart(provider, &self.public_url(CALLBACK))
            .await?;
        let id = Uuid::now_v7();
        let sealed = self
            .vault
            .seal(PLACE, id, departure.verifier.expose().as_bytes())?;
        let client = self.connection().await?;
        client
            .execute(
                "insert into auth.oauth_flows \
                   (id, state_hash, provider, verifier_sealed, nonce, code_challenge, redirect_to, link_user_id, \
                    expires_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, now() + interval '10 minutes')",
                &[
                    &id,
                    &hex::encode(departure.state.digest()),
                    &provider,
                    &sealed,
                    &departure.nonce,
                    &code_challenge,
                    &redirect_to,
                    &link_user_id,
                ],
            )
            .await?;
        Ok(departure.url)
    }

    async fn may_link(&self, caller: &Caller) -> Result<Uuid> {
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        Ok(user.id)
    }

    /// Takes the browser back from the provider, and returns where to send it: the client's address, with a
    /// `code` to exchange or an `error`.
    ///
    /// # Errors
    /// BAD_USER_INPUT when the flow is unknown, used or older than ten minutes: then nobody knows where to;
    /// RATE_LIMITED.
    pub async fn finish_oauth(&self, callback: Callback, from: &Client) -> Result<Url> {
        {
            let client = self.connection().await?;
            let limit = self.limits.attempts_per_address;
            crate::accounts::limits::count(&client, limit, Subject::Address(from.ip)).await?;
        }
        let unknown = || {
            Error::bad_input(
                "This sign-in is unknown, finished or older than ten minutes; begin again",
            )
        };
        let state = callback.state.map(Secret::new).ok_or_else(unknown)?;
        let flow = self.claim_flow(&state).await?.ok_or_else(unknown)?;
        let mut back: Url = flow.redirect_to.parse().map_err(Error::internal)?;
        let Some(code) = callback.code else {
            let error = callback.error.as_deref().unwrap_or("no_code").to_owned();
            back.query_pairs_mut().append_pair("error", &error);
            return Ok(back);
        };
        match self.receive(&flow, &code).await {
            Ok(code) => back.query_pairs_mut().append_pair("code", code.expose()),
            Err(error) => back
                .query_pairs_mut()
                .append_pair("error", "sign_in_failed")
                .append_pair("error_description", error.message()),
        };
        Ok(back)
    }

    /// Finds a flow by its state, which is thereby used up.
    async fn claim_flow(&self, state: &Secret) -> Result<Option<ReturnedFlow>> {
        let client = self.connection().await?;
        let row = client
            .query_opt(
                "update auth.oauth_flows set state_hash = $2 \
                 where state_hash = $1 and code_hash is null and expires_at > now() \
                 returning id, provider, verifier_sealed, nonce, redirect_to",
                &[
                    &hex::encode(state.digest()),
                    &hex::encode(Secret::random()?.digest()),
                ],
            )
            .await?;
        row.map(|row| {
            let id: Uuid = row.get(0);
            let verifier = self.vault.unseal(PLACE, id, row.get(2))?;
            Ok(ReturnedFlow {
                id,
                provider: row.get(1),
                verifier: String::from_utf8(verifier).map_err(Error::internal)?,
                nonce: row.get(3),
                redirect_to: row.get(4),
            })
        })
        .transpose()
    }

    /// Asks the provider who it is, and keeps the answer under a new code.
    async fn receive(&self, flow: &ReturnedFlow, code: &str) -> Result<Secret> {
        let callback = self.public_url(CALLBACK);
        let identity = self
            .providers
            .identify(&flow.provider, &callback, code, &flow.verifier, &flow.nonce)
            .await?;
        let own_code = Secret::random()?;
        let client = self.connection().await?;
        client
            .execute(
                "update auth.oauth_flows set code_hash = $2, provider_account_id = $3, email = $4, \
                   email_verified = $5, profile = $6, expires_at = now() + interval '5 minutes' where id = $1",
                &[
                    &flow.id,
                    &hex::encode(own_code.digest()),
                    &identity.account_id,
                    &identity.email,
                    &identity.email_verified,
                    &identity.profile,
                ],
            )
            .await?;
        Ok(own_code)
    }

    /// Exchanges the code that the browser brought back for a session. `code_verifier` is the secret behind
    /// the challenge of [`Accounts::begin_oauth`]. A flow that links needs the caller who began it.
    ///
    /// # Errors
    /// UNAUTHENTICATED when the code is wrong, used or older than five minutes, or the verifier is another
    /// one; FORBIDDEN for suspended accounts and where sign-ups are off; CONFLICT when the identity belongs to
    /// another account; RATE_LIMITED.
    pub async fn exchange_oauth_code(
        &self,
        caller: &Caller,
        code: &Secret,
        code_verifier: &Secret,
        from: &Client,
    ) -> Result<Issued> {
        self.count_attempt(None, from).await?;
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let returned = take_flow(&tx, code, code_verifier).await?;
        let Some(returned) = returned else {
            // Whatever was presented is used up.
            tx.commit().await?;
            return Err(Error::new(
                Code::Unauthenticated,
                "The code is wrong, used or expired; begin again",
            ));
        };
        let issued = match returned.link_user_id {
            Some(user) => {
                self.link_identity(&tx, caller, user, &returned, from)
                    .await?
            }
            None => self.sign_in_identity(&tx, &returned, from).await?,
        };
        tx.commit().await?;
        Ok(issued)
    }
}

async fn take_flow(
    tx: &Transaction<'_>,
    code: &Secret,
    code_verifier: &Secret,
) -> Result<Option<Returned>> {
    let row = tx
        .query_opt(
            "delete from auth.oauth_flows where code_hash = $1 and expires_at > now() \
             returning provider, code_challenge, provider_account_id, email, email_verified, profile, link_user_id",
            &[&hex::encode(code.digest())],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let challenge =
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(code_verifier.expose().as_bytes()));
    let expected: String = row.get(1);
    if !bool::from(challenge.as_bytes().ct_eq(expected.as_bytes())) {
        return Ok(None);
    }
    let profile: Option<Value> = row.get(5);
    Ok(Some(Returned {
        provider: row.get(0),
        identity: Identity {
            account_id: row.get(2),
            email: row.get(3),
            email_verified: row.get(4),
            profile: profile.unwrap_or_else(|| Value::Object(Map::new())),
        },
        link_user_id: row.get(6),
    }))
}
