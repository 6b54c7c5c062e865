use std::{fmt, path::PathBuf};

use clap::Args;
use serde::Deserialize;
use url::Url;

use super::redirects::{self, AllowedRedirect};

/// Accounts: sessions, mail, sign-in through others, limits.
#[derive(Args, Clone, Debug)]
pub struct AccountSettings {
    /// Address at which clients reach this server. Links in mails, the issuer of tokens and the callback of
    /// OAuth providers (<URL>/auth/v1/callback) are made from it [default: http:// and the address of --bind].
    #[arg(long, env = "MINDLOOM_PUBLIC_URL", value_name = "URL", global = true, value_parser = parse_http_url)]
    pub public_url: Option<Url>,

    /// Addresses to which a sign-in may lead back, separated by commas; what begins with one of them (up to a
    /// `/`, `?` or `#`) is allowed, the public address and that of the application always are. With wildcards an entry
    /// is the form of a whole address: `*` is text without `.` and `/`, `**` any text, as in http://localhost:*/**.
    #[arg(long, env = "MINDLOOM_REDIRECT_URLS", value_name = "URLS", global = true, value_delimiter = ',',
          value_parser = redirects::parse)]
    pub redirect_urls: Vec<AllowedRedirect>,

    /// Address of the application: where sign-ins lead that name no other address. When absent, links in mails end on
    /// a page of this server.
    #[arg(long, env = "MINDLOOM_SITE_URL", value_name = "URL", global = true, value_parser = parse_http_url)]
    pub site_url: Option<Url>,

    /// Host for which passkeys are good: that of the application, or of this server, or one above it, so that all its
    /// pages share them [default: the host of MINDLOOM_SITE_URL, else of the public address].
    #[arg(
        long,
        env = "MINDLOOM_PASSKEY_DOMAIN",
        value_name = "HOST",
        global = true
    )]
    pub passkey_domain: Option<String>,

    /// Pages that may ask for passkeys beside the application's and this server's, separated by commas, as
    /// https://app.example.com.
    #[arg(long, env = "MINDLOOM_PASSKEY_ORIGINS", value_name = "URLS", global = true, value_delimiter = ',',
          value_parser = parse_http_url)]
    pub passkey_origins: Vec<Url>,

    /// Mail server, as smtps://user:password@host:465 or smtp://host:587?tls=required. When absent, mails are
    /// printed to the log and listed by `mindloom mail`.
    #[arg(long, env = "MINDLOOM_SMTP_URL", value_name = "URL", global = true, hide_env_values = true,
          value_parser = parse_smtp_url)]
    pub smtp_url: Option<SecretText>,

    /// Sender of mails.
    #[arg(long, env = "MINDLOOM_MAIL_FROM", value_name = "MAILBOX", global = true,
          default_value = "Mindloom <no-reply@localhost>", value_parser = parse_mailbox)]
    pub mail_from: lettre::message::Mailbox,

    /// Sign people up without a mail that confirms their address. Whoever signs up then learns whether the
    /// address has an account.
    #[arg(long, env = "MINDLOOM_AUTOCONFIRM", global = true)]
    pub autoconfirm: bool,

    /// Refuse new accounts except those that administrators create.
    #[arg(long, env = "MINDLOOM_SIGN_UP_DISABLED", global = true)]
    pub sign_up_disabled: bool,

    /// Refuse sign-ins without any credential.
    #[arg(long, env = "MINDLOOM_ANONYMOUS_DISABLED", global = true)]
    pub anonymous_disabled: bool,

    /// Sign-ins without any credential, each of which makes an account, from one address in an hour.
    #[arg(long, env = "MINDLOOM_ANONYMOUS_PER_ADDRESS", value_name = "COUNT", global = true, default_value_t = 20,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub anonymous_per_address: u32,

    /// Days after which an anonymous account that nobody came back to is deleted, with all that it holds; 0 keeps
    /// them for ever.
    #[arg(long, env = "MINDLOOM_ANONYMOUS_DAYS", value_name = "DAYS", global = true, default_value_t = 90,
          value_parser = clap::value_parser!(u16).range(0..=3_650))]
    pub anonymous_days: u16,

    /// Providers of sign-ins: a JSON array, or the path of a file that holds one, of objects with `name`,
    /// `clientId`, `clientSecret` and, except for `github` and `google`, `issuer`; `baseUrl` and `apiUrl` for a
    /// GitHub of one's own; `scopes`; and `audiences`, further ids for which id tokens are believed.
    #[arg(long, env = "MINDLOOM_OAUTH_PROVIDERS", value_name = "JSON|FILE", global = true, hide_env_values = true,
          value_parser = parse_providers)]
    pub oauth_providers: Option<ProviderList>,

    /// How long an access token is valid.
    #[arg(long, env = "MINDLOOM_ACCESS_TOKEN_SECONDS", value_name = "SECONDS", global = true, default_value_t = 3_600,
          value_parser = clap::value_parser!(u32).range(60..=86_400))]
    pub access_token_seconds: u32,

    /// How long a session lives without being refreshed.
    #[arg(long, env = "MINDLOOM_SESSION_DAYS", value_name = "DAYS", global = true, default_value_t = 30,
          value_parser = clap::value_parser!(u32).range(1..=3_650))]
    pub session_days: u32,

    /// Key that encrypts stored secrets: 32 bytes in base64. Made once and kept in the data directory when
    /// absent; several servers on one database need the same.
    #[arg(long, env = "MINDLOOM_MASTER_KEY", value_name = "BASE64", global = true, hide_env_values = true,
          value_parser = parse_master_key)]
    pub master_key: Option<SecretText>,

    /// Former master keys, separated by commas, until `mindloom keys rotate --encryption` has run.
    #[arg(long, env = "MINDLOOM_MASTER_KEYS_PREVIOUS", value_name = "BASE64", global = true, hide_env_values = true,
          value_delimiter = ',', value_parser = parse_master_key)]
    pub master_keys_previous: Vec<SecretText>,

    /// Tables whose rows only a sign-in with a second factor reaches, separated by commas, as
    /// public.vault_notes.
    #[arg(
        long,
        env = "MINDLOOM_AAL2_TABLES",
        value_name = "TABLES",
        global = true,
        value_delimiter = ',',
        value_parser = parse_table
    )]
    pub aal2_tables: Vec<String>,

    /// Threads that compute password hashes (19 MiB each while they work) [default: half of the processors].
    #[arg(long, env = "MINDLOOM_PASSWORD_THREADS", value_name = "COUNT", global = true,
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub password_threads: Option<u16>,

    /// Secrets (passwords, codes) that one address may try for one account or shared document in five minutes; and
    /// whoever has a session of an account, from all addresses.
    #[arg(long, env = "MINDLOOM_ATTEMPTS_PER_ACCOUNT", value_name = "COUNT", global = true, default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub attempts_per_account: u32,

    /// Secrets that may be tried for one account or shared document in five minutes from all addresses together. Beyond
    /// it nobody signs in to the account until they are over, so it is far more than one person needs.
    #[arg(long, env = "MINDLOOM_ATTEMPTS_PER_ACCOUNT_TOTAL", value_name = "COUNT", global = true,
          default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub attempts_per_account_total: u32,

    /// Secrets (passwords, codes, tokens) that may be tried, and accounts that may be made, from one address
    /// in five minutes.
    #[arg(long, env = "MINDLOOM_ATTEMPTS_PER_ADDRESS", value_name = "COUNT", global = true, default_value_t = 100,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub attempts_per_address: u32,

    /// Mails that may be asked for for one account in an hour.
    #[arg(long, env = "MINDLOOM_MAILS_PER_ACCOUNT", value_name = "COUNT", global = true, default_value_t = 6,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub mails_per_account: u32,

    /// Mails that may be asked for from one address in an hour.
    #[arg(long, env = "MINDLOOM_MAILS_PER_ADDRESS", value_name = "COUNT", global = true, default_value_t = 60,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub mails_per_address: u32,
}

/// A text that never shows in `Debug`.
#[derive(Clone, Eq, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Hides a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretText(…)")
    }
}

/// The providers through whom people may sign in.
#[derive(Clone, Debug)]
pub struct ProviderList(pub Vec<ProviderSettings>);

/// One provider of sign-ins.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderSettings {
    /// The name that clients use. `github` speaks GitHub's OAuth, any other OpenID Connect.
    pub name: String,
    /// This server's id at the provider.
    pub client_id: String,
    /// This server's secret at the provider; none for a public client.
    pub client_secret: Option<SecretText>,
    /// The issuer whose discovery document names the endpoints; `google` has a default.
    pub issuer: Option<String>,
    /// GitHub only: where people sign in; default <https://github.com>.
    pub base_url: Option<Url>,
    /// GitHub only: the API; default <https://api.github.com>.
    pub api_url: Option<Url>,
    /// What to ask for beyond identity and mail address.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Further ids of ours at the provider, such as those of apps: id tokens for them are believed, too.
    #[serde(default)]
    pub audiences: Vec<String>,
}

pub(super) fn parse_http_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .map_err(|error| format!("{error}; allowed is https://host or http://host:port"))?;
    match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(_)) => Ok(url),
        _ => Err("allowed is https://host or http://host:port".to_owned()),
    }
}

/// Every table that the migrations make is registered, so a wrong name is known before the database is asked.
fn parse_table(text: &str) -> Result<String, String> {
    let name = text.trim();
    let qualified = if name.contains('.') {
        name.to_owned()
    } else {
        format!("public.{name}")
    };
    let known: Vec<String> = entity::tables()
        .iter()
        .map(|table| format!("{}.{}", table.schema, table.name))
        .collect();
    if known.contains(&qualified) {
        return Ok(qualified);
    }
    let suggestion =
        crate::error::suggestion::nearest(&qualified, known.iter().map(String::as_str))
            .map(|near| format!(" (did you mean {near}?)"))
            .unwrap_or_default();
    Err(format!(
        "{name} is no table of this server{suggestion}; allowed is schema.table, such as public.vault_notes"
    ))
}

fn parse_smtp_url(text: &str) -> Result<SecretText, String> {
    lettre::AsyncSmtpTransport::<lettre::Tokio1Executor>::from_url(text)
        .map(|_| SecretText::new(text))
        .map_err(|error| {
            format!("{error}; allowed is smtps://user:password@host:465 or smtp://host:port")
        })
}

fn parse_mailbox(text: &str) -> Result<lettre::message::Mailbox, String> {
    text.parse()
        .map_err(|error| format!("{error}; allowed is Name <name@host>"))
}

fn parse_master_key(text: &str) -> Result<SecretText, String> {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    match BASE64_STANDARD.decode(text.trim()) {
        Ok(bytes) if bytes.len() == 32 => Ok(SecretText::new(text.trim())),
        Ok(bytes) => Err(format!("the key has {} bytes, 32 are needed", bytes.len())),
        Err(_) => Err(
            "allowed are 32 bytes in base64, as `openssl rand -base64 32` prints them".to_owned(),
        ),
    }
}

fn parse_providers(text: &str) -> Result<ProviderList, String> {
    let json = if text.trim_start().starts_with('[') {
        text.to_owned()
    } else {
        std::fs::read_to_string(PathBuf::from(text))
            .map_err(|error| format!("{text} cannot be read: {error}"))?
    };
    let list: Vec<ProviderSettings> =
        serde_json::from_str(&json).map_err(|error| error.to_string())?;
    for provider in &list {
        check_provider(provider)?;
    }
    Ok(ProviderList(list))
}

fn check_provider(provider: &ProviderSettings) -> Result<(), String> {
    let name = &provider.name;
    let well_formed = (1..=40).contains(&name.len())
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)
        });
    if !well_formed || name == "email" || name == "anonymous" {
        return Err(format!(
            "{name:?} is no provider's name: allowed are a-z, 0-9, - and _, but not email or anonymous"
        ));
    }
    if provider.issuer.is_none() && name != "github" && name != "google" {
        return Err(format!("provider {name} needs an issuer"));
    }
    Ok(())
}
