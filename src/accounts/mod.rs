//! Accounts: from sign-up to sign-out, as people know it from Supabase Auth.
//!
//! Everything here runs as the owner of the database on connections of its own, in transactions of its
//! own: what an account operation did stays done when a later field of the same GraphQL operation fails.
//! Two rules hold throughout. No answer, by its words, code or time, tells a stranger whether an account
//! exists. And what a client presents as a secret is stored as a hash or sealed by the [`vault`], and
//! never logged.

pub mod activity;
pub mod admin;
mod admin_acting;
pub mod admin_change;
pub mod admin_invitations;
pub mod admin_links;
mod alerts;
pub mod api_keys;
pub mod command_line;
mod details;
pub mod export;
pub mod factors;
pub mod invitations;
pub mod key_checks;
pub mod keys;
pub mod limits;
pub mod mail;
pub mod oauth;
pub mod passkeys;
mod passwords;
mod personal_tokens;
mod refresh;
mod revocations;
pub mod secret;
mod sessions;
pub mod shared_documents;
mod sign_in;
mod tasks;
mod update;
mod users;
pub mod vault;
pub mod verification;
mod way_back;

use std::{net::IpAddr, ops::Deref, path::Path, sync::Arc, time::Duration};

use deadpool_postgres::Transaction;
use tokio::sync::broadcast;
use tokio_util::task::TaskTracker;
use url::Url;
use uuid::Uuid;

use crate::{
    auth::{Caller, RequestContext, Route},
    config::{AccountSettings, default_url, is_within},
    db::Db,
    error::{Code, Error, Reason, Result},
    request_id::RequestId,
};

pub use self::{
    admin_change::AdminChange,
    details::{Details, OpenMail},
    factors::FactorInfo,
    oauth::IdentityInfo,
    personal_tokens::{Access, NewPersonalToken, PersonalTokenInfo, is_personal_token},
    sessions::{Issued, Method, Scope, SessionInfo},
    sign_in::{SignUp, SignedUp},
    update::{Reauthentication, UserChange},
    users::{User, normal_email},
    vault::{Vault, VaultError},
    way_back::{Challenge, WayBack},
};

/// The accounts of one server. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    inner: Arc<Inner>,
}

/// What [`Accounts`] consists of.
pub struct Inner {
    db: Db,
    /// False on a database of Supabase, whose own sign-in keeps the accounts; see migration m0002.
    own_accounts: bool,
    settings: AccountSettings,
    /// Where clients reach this server.
    public_url: Url,
    /// The `aud` claim of access tokens.
    audience: String,
    limits: Limits,
    /// Seals what is stored.
    pub vault: Vault,
    /// Signs and verifies access tokens.
    pub keys: keys::SigningKeys,
    passwords: passwords::Passwords,
    mailer: mail::Mailer,
    providers: oauth::Providers,
    /// Nothing where browsers have no passkeys for this server's address.
    passkeys: Option<webauthn_rs::Webauthn>,
    /// What goes on after the answer to whoever asked for it.
    background: TaskTracker,
    ended_sessions: broadcast::Sender<Uuid>,
}

/// How often what may be tried.
struct Limits {
    attempts_per_account: limits::Limit,
    guesses_per_account: limits::Limit,
    attempts_per_address: limits::Limit,
    mails_per_account: limits::Limit,
    mails_per_address: limits::Limit,
    refresh_per_address: limits::Limit,
    anonymous_per_address: limits::Limit,
}

/// Which ways in there are.
pub struct WaysIn {
    /// People make accounts themselves.
    pub sign_up: bool,
    /// Addresses need no confirmation.
    pub autoconfirm: bool,
    /// Nobody needs a credential.
    pub anonymous: bool,
    /// The names of providers.
    pub providers: Vec<String>,
}

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The network address, where the transport knows it.
    pub ip: Option<IpAddr>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The HTTP method and address.
    pub route: Route,
    /// The session that the request belongs to.
    pub session_id: Option<Uuid>,
}

impl Client {
    /// The same, as of a session that it has just begun.
    fn in_session(&self, id: Uuid) -> Self {
        Client {
            session_id: Some(id),
            ..self.clone()
        }
    }
}

impl From<&RequestContext> for Client {
    fn from(request: &RequestContext) -> Self {
        Client {
            ip: request.client_ip,
            user_agent: request.user_agent.as_deref().map(str::to_owned),
            route: request.route.clone(),
            session_id: request.caller.session_id,
        }
    }
}

impl Deref for Accounts {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl Accounts {
    /// Opens the vault, reads the signing keys and applies `MINDLOOM_AAL2_TABLES`. `jwt_secret` is the HS256
    /// secret of the settings, `audience` what access tokens name. Whoever listens elsewhere than the default says where
    /// in `settings.public_url`. Nothing runs in the background before [`Accounts::start_tasks`].
    ///
    /// # Errors
    /// When the master key, a provider or a table's name cannot be used, or the database does not answer.
    pub async fn open(
        db: Db,
        settings: &AccountSettings,
        audience: &str,
        jwt_secret: &[u8],
        data_dir: &Path,
    ) -> Result<Self> {
        let vault = Vault::open(settings, data_dir).map_err(Error::internal)?;
        let threads = settings
            .password_threads
            .map_or_else(default_password_threads, usize::from);
        let own_accounts = has_own_accounts(&db).await?;
        let public_url = match &settings.public_url {
            Some(url) => url.clone(),
            None => default_url().map_err(Error::internal)?,
        };
        let inner = Inner {
            own_accounts,
            passkeys: passkeys::relying_party(settings, &public_url)?,
            public_url,
            audience: audience.to_owned(),
            limits: Limits::from_settings(settings),
            vault,
            keys: keys::SigningKeys::new(jwt_secret),
            passwords: passwords::Passwords::start(threads)?,
            mailer: mail::Mailer::from_settings(settings)?,
            providers: oauth::Providers::from_settings(settings)?,
            background: TaskTracker::new(),
            ended_sessions: broadcast::channel(1024).0,
            settings: settings.clone(),
            db,
        };
        let accounts = Accounts {
            inner: Arc::new(inner),
        };
        if !accounts.own_accounts {
            tracing::warn!(
                "accounts are kept by another program in this database: nobody signs in here, and nothing is mailed"
            );
            return Ok(accounts);
        }
        let client = accounts.db.system().await?;
        accounts.keys.reload(&client, &accounts.vault).await?;
        let imported = client
            .query_one(
                "select exists (select from auth.users where encrypted_password like '$2%')",
                &[],
            )
            .await?;
        if imported.get(0) {
            accounts.passwords.expect_bcrypt();
        }
        drop(client);
        accounts.apply_aal2_tables().await?;
        Ok(accounts)
    }

    /// A connection for what needs the accounts' own tables.
    ///
    /// # Errors
    /// UNAVAILABLE where another program keeps the accounts, or the database does not answer.
    async fn connection(&self) -> Result<deadpool_postgres::Client> {
        if !self.own_accounts {
            return Err(Error::new(
                Code::Unavailable,
                "Accounts are kept by another program here; sign in there",
            ));
        }
        self.db.system().await
    }

    /// Which ways in the operator allows.
    pub fn ways_in(&self) -> WaysIn {
        WaysIn {
            sign_up: !self.settings.sign_up_disabled,
            autoconfirm: self.settings.autoconfirm,
            anonymous: !self.settings.anonymous_disabled,
            providers: self.oauth_providers(),
        }
    }

    /// Where clients reach this server.
    pub fn address(&self) -> &Url {
        &self.public_url
    }

    /// The `iss` claim.
    pub fn issuer(&self) -> String {
        issuer_of(&self.public_url)
    }

    /// The issuers that tokens of this server may name. Before its address was made from `--bind`, servers without a
    /// public address all named the default one.
    pub fn issuers(&self) -> Vec<String> {
        let mut issuers = vec![self.issuer()];
        if is_of_this_machine(&self.public_url)
            && let Ok(former) = default_url()
        {
            issuers.push(issuer_of(&former));
        }
        issuers
    }

    /// An address at this server.
    fn public_url(&self, path: &str) -> String {
        address_at(&self.public_url, path)
    }

    /// Where a sign-in leads in the end: the address that the client asked for.
    ///
    /// # Errors
    /// BAD_USER_INPUT when the operator does not allow it: tokens must not travel to strangers.
    fn check_redirect(&self, asked: &str) -> Result<String> {
        let refused = || {
            Error::bad_input("This address is not among those that MINDLOOM_REDIRECT_URLS allows")
                .with("field", "redirectTo")
                .because(Reason::RedirectRefused)
        };
        let url = url::Url::parse(asked).map_err(|_| refused())?;
        let is_plain = asked.len() <= 2048 && url.username().is_empty() && url.password().is_none();
        let known = std::iter::once(&self.public_url)
            .chain(&self.settings.site_url)
            .any(|base| is_within(&url, base))
            || self
                .settings
                .redirect_urls
                .iter()
                .any(|allowed| allowed.allows(&url));
        if is_plain && known {
            Ok(url.into())
        } else {
            Err(refused())
        }
    }

    /// Makes the tables of `MINDLOOM_AAL2_TABLES`, and no others, demand a second factor.
    async fn apply_aal2_tables(&self) -> Result<()> {
        let mut client = self.db.system().await?;
        let tx = begin(&mut client).await?;
        // Servers that start together do this one after the other.
        let unknown = tx
            .query_opt(
                "with locked as materialized (select pg_advisory_xact_lock(hashtext('mindloom aal2'))) \
                 select name from unnest($1::text[]) name, locked where to_regclass(name) is null limit 1",
                &[&self.settings.aal2_tables],
            )
            .await?;
        if let Some(row) = unknown {
            let name: String = row.get(0);
            return Err(Error::bad_input(format!(
                "MINDLOOM_AAL2_TABLES names {name}, which is no table"
            )));
        }
        tx.query(
            "select private.require_aal2(t::regclass, wanted) from ( \
               select to_regclass(name) as t, true as wanted from unnest($1::text[]) name \
               union select polrelid, false from pg_policy \
                 where polname = 'A second factor is required' \
                   and not polrelid = any (select to_regclass(name) from unnest($1::text[]) name)) changes",
            &[&self.settings.aal2_tables],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Counts an attempt at a secret, of this address and this account. For an account this is the strict count, for
    /// whoever has a session of it; what strangers try is [`Accounts::count_guess`].
    async fn count_attempt(&self, account: Option<&str>, from: &Client) -> Result<()> {
        let client = self.db.system().await?;
        limits::count(
            &client,
            self.limits.attempts_per_address,
            limits::Subject::Address(from.ip),
        )
        .await?;
        match account {
            Some(account) => {
                limits::count(
                    &client,
                    self.limits.attempts_per_account,
                    limits::Subject::Account(account),
                )
                .await
            }
            None => Ok(()),
        }
    }

    /// Counts an attempt of somebody who has shown nothing yet at what belongs to an account or a document. Each
    /// address has its own count, so that nobody is locked out by what strangers try; a much larger one for all of them
    /// keeps guessing from many addresses bounded. Whoever is refused by the first does not add to the second.
    async fn count_guess(&self, at: &str, from: &Client) -> Result<()> {
        self.count_attempt(None, from).await?;
        let client = self.db.system().await?;
        limits::count(
            &client,
            self.limits.attempts_per_account,
            limits::Subject::AccountFrom(at, from.ip),
        )
        .await?;
        limits::count(
            &client,
            self.limits.guesses_per_account,
            limits::Subject::Account(at),
        )
        .await
    }

    /// Forgets the guesses of this address after a right one.
    async fn forget_guesses(&self, at: &str, from: &Client) -> Result<()> {
        let client = self.db.system().await?;
        limits::take_back(
            &client,
            (
                self.limits.attempts_per_account,
                limits::Subject::AccountFrom(at, from.ip),
            ),
            (
                self.limits.guesses_per_account,
                limits::Subject::Account(at),
            ),
        )
        .await
    }

    /// Forgets an account's attempts after a right one.
    async fn forget_attempts(&self, account: &str) -> Result<()> {
        let client = self.db.system().await?;
        limits::forget(
            &client,
            self.limits.attempts_per_account,
            limits::Subject::Account(account),
        )
        .await
    }

    /// Counts a mail, of this address and this account.
    async fn count_mail(&self, account: &str, from: &Client) -> Result<()> {
        let client = self.db.system().await?;
        limits::count(
            &client,
            self.limits.mails_per_address,
            limits::Subject::Address(from.ip),
        )
        .await?;
        limits::count(
            &client,
            self.limits.mails_per_account,
            limits::Subject::Account(account),
        )
        .await
    }

    /// Does what a stranger asked for after answering them, so that the answer's time tells nothing.
    fn in_background<F>(&self, what: &'static str, work: F)
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let work = RequestId::current_or_new().scope(work);
        self.background.spawn(async move {
            if let Err(error) = work.await {
                tracing::error!(%error, what, "an account's work in the background failed");
            }
        });
    }
}

impl Limits {
    fn from_settings(settings: &AccountSettings) -> Self {
        let limit = |action, count, minutes: u64| limits::Limit {
            action,
            count,
            window: Duration::from_secs(minutes * 60),
        };
        Limits {
            attempts_per_account: limit("secret", settings.attempts_per_account, 5),
            guesses_per_account: limit("guess", settings.attempts_per_account_total, 5),
            attempts_per_address: limit("secret", settings.attempts_per_address, 5),
            mails_per_account: limit(limits::MAIL, settings.mails_per_account, 60),
            mails_per_address: limit(limits::MAIL, settings.mails_per_address, 60),
            anonymous_per_address: limit("anonymous", settings.anonymous_per_address, 60),
            // Guessing 256 bits is hopeless; this only bounds the work that an address can cause. Every
            // tab behind one office's address refreshes once an hour.
            refresh_per_address: limit(
                "refresh",
                settings.attempts_per_address.saturating_mul(20),
                5,
            ),
        }
    }
}

/// The `iss` claim of the tokens of a server that is reached there.
pub fn issuer_of(public_url: &Url) -> String {
    address_at(public_url, "auth/v1")
}

fn is_of_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(_)) | None => false,
    }
}

fn address_at(public_url: &Url, path: &str) -> String {
    format!("{}/{path}", public_url.as_str().trim_end_matches('/'))
}

/// Who is signed in.
fn signed_in(caller: &Caller) -> Result<Uuid> {
    caller
        .user_id
        .ok_or_else(|| Error::new(Code::Unauthenticated, "Sign in to do this"))
}

/// Begins a transaction of the accounts' own. It waits for a lock only so long: the caller's transaction,
/// which waits for this one, may hold it.
async fn begin(client: &mut deadpool_postgres::Client) -> Result<Transaction<'_>> {
    let tx = client.transaction().await?;
    tx.batch_execute("set local lock_timeout = '5s'; set local statement_timeout = '30s'")
        .await?;
    Ok(tx)
}

/// Whether the accounts of this database are this program's.
async fn has_own_accounts(db: &Db) -> Result<bool> {
    let row = db
        .system()
        .await?
        .query_one("select to_regclass('auth.signing_keys') is not null", &[])
        .await?;
    Ok(row.get(0))
}

fn default_password_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |count| (count.get() / 2).max(1))
}
