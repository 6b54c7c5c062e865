//! Every setting of Mindloom, one typed struct per concern.
//!
//! A setting is a field: its doc comment is its documentation, its `default_value` the only place where the
//! default stands, its `env` the variable that sets it. `mindloom settings` prints them all, grouped; with
//! `--markdown` as docs/settings.md.

#![allow(
    rustdoc::bare_urls,
    rustdoc::invalid_html_tags,
    reason = "what documents a field is the help of its flag, as a terminal shows it"
)]

mod accounts;
mod alerts;
mod auth;
mod callers;
mod change_log;
mod channels;
mod connections;
mod data;
mod database;
mod database_url;
mod documents;
mod embedded;
mod files;
mod functions;
mod http;
mod introspection;
mod jobs;
mod limits;
mod log;
mod log_lines;
mod metrics;
mod models;
mod rates;
mod redirects;
mod transports;
mod unknown;

pub use accounts::{AccountSettings, ProviderList, ProviderSettings, SecretText};
pub use alerts::AlertSettings;
pub use auth::AuthSettings;
pub(crate) use auth::SECRET_MIN_BYTES;
pub use callers::{CallerSettings, JwksLocation};
pub use change_log::ChangeLogSettings;
pub use channels::ChannelSettings;
pub use connections::ConnectionSettings;
pub use data::DataSettings;
pub use database::{DatabaseSettings, PoolRange};
pub use database_url::{DatabaseAddress, DatabaseUrl, DatabaseUrlError, Verification};
pub use documents::DocumentSettings;
pub use embedded::EmbeddedSettings;
pub use files::{FileSettings, FilesLocation};
pub use functions::FunctionSettings;
pub(crate) use http::default_url;
pub use http::{HttpSettings, url_of};
pub use introspection::{AskingRole, IntrospectionSettings};
pub use jobs::JobSettings;
pub use limits::LimitSettings;
pub use log::{LogFormat, LogSettings};
pub use metrics::MetricsSettings;
pub use models::{EmbeddingChoice, ModelName, ModelProvider, ModelSettings};
pub use rates::RateSettings;
pub use redirects::AllowedRedirect;
pub(crate) use redirects::is_within;
pub use transports::{AllowedOrigin, TransportSettings};
pub use unknown::{UnknownSetting, refuse_unknown_variables};

use clap::error::{ContextKind, ContextValue};
use clap::{Args, FromArgMatches};

/// All settings; the same for every command.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    #[command(flatten, next_help_heading = "Accounts")]
    pub accounts: AccountSettings,
    #[command(flatten, next_help_heading = "Accounts and tokens")]
    pub auth: AuthSettings,
    #[command(flatten, next_help_heading = "Accounts and tokens")]
    pub callers: CallerSettings,
    #[command(flatten, next_help_heading = "Alerts")]
    pub alerts: AlertSettings,
    #[command(flatten, next_help_heading = "Change log")]
    pub change_log: ChangeLogSettings,
    #[command(flatten, next_help_heading = "Channels")]
    pub channels: ChannelSettings,
    #[command(flatten, next_help_heading = "Connections")]
    pub connections: ConnectionSettings,
    #[command(flatten, next_help_heading = "Data directory")]
    pub data: DataSettings,
    #[command(flatten, next_help_heading = "Database")]
    pub database: DatabaseSettings,
    #[command(flatten, next_help_heading = "Documents")]
    pub documents: DocumentSettings,
    #[command(flatten, next_help_heading = "Embedded PostgreSQL")]
    pub embedded: EmbeddedSettings,
    #[command(flatten, next_help_heading = "Files")]
    pub files: FileSettings,
    #[command(flatten, next_help_heading = "Functions")]
    pub functions: FunctionSettings,
    #[command(flatten, next_help_heading = "HTTP")]
    pub http: HttpSettings,
    #[command(flatten, next_help_heading = "HTTP")]
    pub introspection: IntrospectionSettings,
    #[command(flatten, next_help_heading = "Jobs")]
    pub jobs: JobSettings,
    #[command(flatten, next_help_heading = "Limits")]
    pub limits: LimitSettings,
    #[command(flatten, next_help_heading = "Logs")]
    pub log: LogSettings,
    #[command(flatten, next_help_heading = "Metrics")]
    pub metrics: MetricsSettings,
    #[command(flatten, next_help_heading = "Models")]
    pub models: ModelSettings,
    #[command(flatten, next_help_heading = "Rates")]
    pub rates: RateSettings,
    #[command(flatten, next_help_heading = "Browsers, sockets and streams")]
    pub transports: TransportSettings,
}

impl Settings {
    /// Reads settings from flags alone plus the environment, as the binary does, for programs that embed
    /// the library: `Settings::from_flags(["--bind", "127.0.0.1:0"])`.
    ///
    /// # Errors
    /// Names the setting that is wrong and what it allows.
    pub fn from_flags<I, S>(flags: I) -> Result<Self, clap::Error>
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        let command = Self::augment_args(clap::Command::new("mindloom"));
        let arguments =
            std::iter::once("mindloom".to_owned()).chain(flags.into_iter().map(Into::into));
        Self::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }
}

/// The same error without the value of a setting that holds a secret.
#[must_use]
pub fn hide_secrets(mut error: clap::Error) -> clap::Error {
    let mut command = Settings::augment_args(clap::Command::new("mindloom"));
    // Arguments have the names that errors use only once they are built.
    command.build();
    let Some(ContextValue::String(named)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let secret = command
        .get_arguments()
        .filter(|argument| argument.is_hide_env_values_set())
        .any(|argument| argument.to_string() == *named);
    if secret {
        error.insert(
            ContextKind::InvalidValue,
            ContextValue::String("(hidden)".to_owned()),
        );
    }
    error
}

/// The environment variables that are settings, in the order of `--help`.
#[must_use]
pub fn variables() -> Vec<String> {
    Settings::augment_args(clap::Command::new("mindloom"))
        .get_arguments()
        .filter_map(|argument| {
            argument
                .get_env()
                .map(|name| name.to_string_lossy().into_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Part of every secret below, and of nothing else.
    const MARK: &str = "c2VjcmV0";

    /// A value of a setting that is hidden from help; any long text, unless the setting has a form.
    fn value_of(flag: &str) -> String {
        match flag {
            "database-url" | "authenticator-url" | "pooler-url" => {
                format!("postgres://ann:{MARK}@127.0.0.1/mindloom")
            }
            "alert-webhook-url" => format!("https://hooks.example.org/{MARK}"),
            "smtp-url" => format!("smtps://ann:{MARK}@mail.example.org"),
            "oauth-providers" => format!(
                r#"[{{"name": "github", "clientId": "mindloom", "clientSecret": "{MARK}"}}]"#
            ),
            // 32 bytes in base64.
            "master-key" | "master-keys-previous" => format!("{}AAA=", MARK.repeat(5)),
            _ => MARK.repeat(5),
        }
    }

    #[test]
    fn no_secret_shows_when_the_settings_are_written_out() {
        let command = Settings::augment_args(clap::Command::new("mindloom"));
        let hidden = command
            .get_arguments()
            .filter(|argument| argument.is_hide_env_values_set());
        let flags: Vec<String> = hidden
            .filter_map(clap::Arg::get_long)
            .flat_map(|flag| [format!("--{flag}"), value_of(flag)])
            .collect();
        assert!(flags.len() >= 18, "there are nine: {flags:?}");
        let settings = Settings::from_flags(flags).expect("settings");
        let told = format!("{settings:?}");
        let at = told.find(MARK).map(|at| &told[at.saturating_sub(80)..at]);
        assert_eq!(at, None, "a secret shows behind this");
    }
}
