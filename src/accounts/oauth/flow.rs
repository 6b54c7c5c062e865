//! A flow's steps: away to the provider, back from it, and the exchange of the code for a session.

use deadpool_postgres::Transaction;
use serde_json::{Map, Value};
use tokio_postgres::Row;
use url::Url;
use uuid::Uuid;

use super::provider::Identity;
use crate::{
    accounts::{
        Accounts, Challenge, Client, Issued, WayBack, limits::Subject, secret::Secret,
        verification::Brought, way_back::is_behind,
    },
    auth::Caller,
    error::{Code, Error, Reason, Result},
};

const PLACE: &str = "auth.oauth_flows.verifier";
const CALLBACK: &str = "auth/v1/callback";
/// What clients may say to a provider: none of it decides who signs in or where they come back to.
const PASSED_ON: [&str; 7] = [
    "access_type",
    "domain_hint",
    "hd",
    "include_granted_scopes",
    "login_hint",
    "prompt",
    "ui_locales",
];

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

/// How a client begins a flow.
#[derive(Default)]
pub struct Departure {
    /// Where the browser comes back to in the end, and whether it brings a code or the session.
    pub way_back: WayBack,
    /// What the provider is asked beside, of `PASSED_ON`.
    pub parameters: Vec<(String, String)>,
}

/// How somebody comes back to the client that began the flow.
pub struct Arrived {
    /// Its address; where something went wrong, with the `error`.
    pub back: Url,
    /// What the browser brings along, where nothing did.
    pub brought: Option<Brought>,
}

/// A flow that came back, with its identity; deleted by being read.
pub(super) struct Returned {
    pub provider: String,
    pub identity: Identity,
    pub link: Option<Began>,
}

/// Whose session asked for a link.
#[derive(Clone, Copy)]
pub(super) struct Began {
    pub user: Uuid,
    pub session: Uuid,
}

/// What a code was good for.
enum Taken {
    /// Nothing.
    Unknown,
    /// Not for whoever presents another verifier.
    WrongVerifier,
    /// A flow.
    Flow(Returned),
}

/// A flow whose browser is back.
struct ReturnedFlow {
    id: Uuid,
    provider: String,
    verifier: String,
    nonce: String,
    redirect_to: String,
    /// Nothing where the session goes to the client's page at once.
    code_challenge: Option<String>,
    link: Option<Began>,
}

impl Began {
    /// Of the columns `link_user_id` and `link_session_id`.
    fn from_row(row: &Row) -> Option<Self> {
        let user: Option<Uuid> = row.get("link_user_id");
        let session: Option<Uuid> = row.get("link_session_id");
        Some(Began {
            user: user?,
            session: session?,
        })
    }
}

impl Accounts {
    /// The names of the providers through whom people can sign in.
    pub fn oauth_providers(&self) -> Vec<String> {
        self.providers.names()
    }

    /// Begins a sign-in, or with `link` the linking of a provider to that caller's account. Returns where to
    /// send the browser.
    ///
    /// # Errors
    /// BAD_USER_INPUT for an unknown provider, or a redirect that is not allowed;
    /// UNAUTHENTICATED or FORBIDDEN when a link is asked for that the caller may not make; UNAVAILABLE when
    /// the provider does not answer; RATE_LIMITED.
    pub async fn begin_oauth(
        &self,
        provider: &str,
        departure: Departure,
        link: Option<&Caller>,
        from: &Client,
    ) -> Result<Url> {
        let way_back = self.check_way_back(departure.way_back)?;
        if link.is_some() && way_back.challenge.is_none() {
            // Whoever is sent to the provider's page by somebody else's link would put their identity into that
            // account: only the browser that began has the secret behind a challenge.
            return Err(Error::bad_input(
                "Linking an identity needs a code challenge (in supabase-js the flowType `pkce`)",
            ));
        }
        let redirect_to = way_back
            .redirect_to
            .unwrap_or_else(|| self.public_url.to_string());
        self.count_attempt(None, from).await?;
        let link = match link {
            Some(caller) => Some(self.may_link(caller).await?),
            None => None,
        };
        let mut begun = self
            .providers
            .depart(provider, &self.public_url(CALLBACK))
            .await?;
        let id = Uuid::now_v7();
        let sealed = self
            .vault
            .seal(PLACE, id, begun.verifier.expose().as_bytes())?;
        let client = self.connection().await?;
        client
            .execute(
                "insert into auth.oauth_flows \
                   (id, state_hash, provider, verifier_sealed, nonce, code_challenge, redirect_to, link_user_id, \
                    link_session_id, expires_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + interval '10 minutes')",
                &[
                    &id,
                    &hex::encode(begun.state.digest()),
                    &provider,
                    &sealed,
                    &begun.nonce,
                    &way_back.challenge.as_ref().map(Challenge::as_str),
                    &redirect_to,
                    &link.map(|began| began.user),
                    &link.map(|began| began.session),
                ],
            )
            .await?;
        let passed_on = departure.parameters.iter();
        let passed_on = passed_on.filter(|(name, _)| PASSED_ON.contains(&name.as_str()));
        begun.url.query_pairs_mut().extend_pairs(passed_on);
        Ok(begun.url)
    }

    pub(super) async fn may_link(&self, caller: &Caller) -> Result<Began> {
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        Ok(Began {
            user: user.id,
            session: session.id,
        })
    }

    /// Takes the browser back from the provider, and returns how to send it on to the client.
    ///
    /// # Errors
    /// BAD_USER_INPUT when the flow is unknown, used or older than ten minutes: then nobody knows where to;
    /// RATE_LIMITED.
    pub async fn finish_oauth(&self, callback: Callback, from: &Client) -> Result<Arrived> {
        {
            let client = self.connection().await?;
            let limit = self.limits.attempts_per_address;
            crate::accounts::limits::count(&client, limit, Subject::Address(from.ip)).await?;
        }
        let unknown = || {
            Error::bad_input(
                "This sign-in is unknown, finished or older than ten minutes; begin again",
            )
            .because(Reason::FlowUnknown)
        };
        let state = callback.state.map(Secret::new).ok_or_else(unknown)?;
        let flow = self.claim_flow(&state).await?.ok_or_else(unknown)?;
        let mut back: Url = flow.redirect_to.parse().map_err(Error::internal)?;
        let Some(code) = callback.code else {
            let error = callback.error.as_deref().unwrap_or("no_code").to_owned();
            back.query_pairs_mut().append_pair("error", &error);
            return Ok(Arrived {
                back,
                brought: None,
            });
        };
        let brought = match self.receive(flow, &code, from).await {
            Ok(brought) => Some(brought),
            Err(error) => {
                back.query_pairs_mut()
                    .append_pair("error", "sign_in_failed")
                    .append_pair("error_description", error.message());
                None
            }
        };
        Ok(Arrived { back, brought })
    }

    /// Finds a flow by its state, which is thereby used up.
    async fn claim_flow(&self, state: &Secret) -> Result<Option<ReturnedFlow>> {
        let client = self.connection().await?;
        let row = client
            .query_opt(
                "update auth.oauth_flows set state_hash = $2 \
                 where state_hash = $1 and code_hash is null and expires_at > now() \
                 returning id, provider, verifier_sealed, nonce, redirect_to, code_challenge, link_user_id, \
                   link_session_id",
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
                code_challenge: row.get(5),
                link: Began::from_row(&row),
            })
        })
        .transpose()
    }

    /// Asks the provider who it is. Where the client has a secret, the answer waits under a new code until the client
    /// exchanges that; else the session goes to its page.
    async fn receive(&self, flow: ReturnedFlow, code: &str, from: &Client) -> Result<Brought> {
        let callback = self.public_url(CALLBACK);
        let identity = self
            .providers
            .identify(&flow.provider, &callback, code, &flow.verifier, &flow.nonce)
            .await?;
        if flow.code_challenge.is_some() {
            return self.keep(flow.id, &identity).await.map(Brought::Code);
        }
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        tx.execute("delete from auth.oauth_flows where id = $1", &[&flow.id])
            .await?;
        let returned = Returned {
            provider: flow.provider,
            identity,
            link: flow.link,
        };
        let issued = match returned.link {
            Some(began) => self.link_identity(&tx, began, &returned, from).await?,
            None => self.sign_in_identity(&tx, &returned, from).await?,
        };
        tx.commit().await?;
        Ok(Brought::Session(Box::new(issued)))
    }

    async fn keep(&self, flow: Uuid, identity: &Identity) -> Result<Secret> {
        let own_code = Secret::random()?;
        let client = self.connection().await?;
        client
            .execute(
                "update auth.oauth_flows set code_hash = $2, provider_account_id = $3, email = $4, \
                   email_verified = $5, profile = $6, expires_at = now() + interval '5 minutes' where id = $1",
                &[
                    &flow,
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

    /// Exchanges the code that the browser brought back, from a provider or from a mail, for a session.
    /// `code_verifier` is the secret behind the challenge that the client told. A flow that links goes on in the
    /// session that began it: whoever is signed in must be the same, and whoever is not shows it by the verifier.
    ///
    /// # Errors
    /// UNAUTHENTICATED when the code is wrong, used or older than five minutes, or the verifier is another
    /// one; FORBIDDEN for suspended accounts and where sign-ups are off; CONFLICT when the identity belongs to
    /// another account; RATE_LIMITED.
    pub async fn exchange_code(
        &self,
        caller: &Caller,
        code: &Secret,
        code_verifier: &Secret,
        from: &Client,
    ) -> Result<Issued> {
        self.count_attempt(None, from).await?;
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let issued = match take_flow(&tx, code, code_verifier).await? {
            Taken::Flow(returned) => self.finish_flow(&tx, caller, &returned, from).await.map(Ok),
            Taken::WrongVerifier => Ok(Err(Reason::CodeVerifierWrong)),
            Taken::Unknown => {
                self.exchange_link_code(&tx, code, code_verifier, from)
                    .await
            }
        };
        // Whatever was presented is used up.
        let issued = issued?;
        tx.commit().await?;
        issued.map_err(|reason| {
            Error::new(
                Code::Unauthenticated,
                "The code is wrong, used or expired; begin again",
            )
            .because(reason)
        })
    }

    async fn finish_flow(
        &self,
        tx: &Transaction<'_>,
        caller: &Caller,
        returned: &Returned,
        from: &Client,
    ) -> Result<Issued> {
        match returned.link {
            Some(began) if caller.user_id.is_some_and(|user| user != began.user) => {
                Err(Error::forbidden("This link was begun by another account"))
            }
            Some(began) => self.link_identity(tx, began, returned, from).await,
            None => self.sign_in_identity(tx, returned, from).await,
        }
    }
}

async fn take_flow(tx: &Transaction<'_>, code: &Secret, code_verifier: &Secret) -> Result<Taken> {
    let row = tx
        .query_opt(
            "delete from auth.oauth_flows where code_hash = $1 and expires_at > now() \
             returning provider, code_challenge, provider_account_id, email, email_verified, profile, \
               link_user_id, link_session_id",
            &[&hex::encode(code.digest())],
        )
        .await?;
    let Some(row) = row else {
        return Ok(Taken::Unknown);
    };
    let challenge: Option<String> = row.get(1);
    if !is_behind(code_verifier, &challenge.unwrap_or_default()) {
        return Ok(Taken::WrongVerifier);
    }
    let profile: Option<Value> = row.get(5);
    Ok(Taken::Flow(Returned {
        provider: row.get(0),
        identity: Identity {
            account_id: row.get(2),
            email: row.get(3),
            email_verified: row.get(4),
            profile: profile.unwrap_or_else(|| Value::Object(Map::new())),
        },
        link: Began::from_row(&row),
    }))
}
