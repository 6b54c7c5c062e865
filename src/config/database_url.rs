//! A database's address. tokio-postgres does not know `verify-ca` and `verify-full`, so the address is split into its
//! part and the TLS part.

use std::path::PathBuf;
use std::str::FromStr;

use tokio_postgres::config::SslMode;

/// What is wrong with the address of a database. Never shows the address, which has a password in it.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseUrlError {
    #[error("the database address is malformed")]
    Malformed(#[source] tokio_postgres::Error),
    #[error("sslmode={0} is unknown")]
    SslMode(String),
}

/// How much of the server's certificate is checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verification {
    /// Nothing: TLS keeps listeners out, but not a server in between (`prefer`, `require`).
    None,
    /// That an authority which is trusted issued it (`verify-ca`).
    Issuer,
    /// Also that it was issued to this host (`verify-full`).
    Full,
}

/// What an address says, read without touching files or the network.
pub struct DatabaseAddress {
    /// Hosts, login, database and what else tokio-postgres understands.
    pub config: tokio_postgres::Config,
    /// How much of the server's certificate is checked.
    pub verification: Verification,
    /// The file of root certificates, where one is named.
    pub root_cert: Option<PathBuf>,
}

/// The address of a database; its password never shows in `Debug`.
#[derive(Clone, Eq, PartialEq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The address as written, password included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it says.
    ///
    /// # Errors
    /// What is wrong with it, where this program composed it: one that was read from a setting is well formed.
    pub fn address(&self) -> Result<DatabaseAddress, DatabaseUrlError> {
        split(&self.0)
    }

    /// The same address with another database.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let (base, query) = self
            .0
            .split_once('?')
            .map_or((&*self.0, None), |(base, query)| (base, Some(query)));
        let host_end = base.find("://").map_or(0, |at| at + 3);
        let base = base[host_end..]
            .find('/')
            .map_or(base, |at| &base[..host_end + at]);
        Self(match query {
            Some(query) => format!("{base}/{name}?{query}"),
            None => format!("{base}/{name}"),
        })
    }

    /// An address that is known to be well formed because this program composed it.
    pub(crate) fn composed(url: String) -> Self {
        Self(url)
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DatabaseUrl(…)")
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let allowed = "allowed is postgresql://user:password@host:port/database, with sslmode=disable, prefer, \
                       require, verify-ca or verify-full";
        if !(text.starts_with("postgres://") || text.starts_with("postgresql://")) {
            return Err(allowed.to_owned());
        }
        split(text).map_err(|reason| format!("{reason}; {allowed}"))?;
        Ok(DatabaseUrl(text.to_owned()))
    }
}

fn split(text: &str) -> Result<DatabaseAddress, DatabaseUrlError> {
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let mut kept = url::form_urlencoded::Serializer::new(String::new());
    let mut ssl_mode = SslMode::Prefer;
    let mut verification = Verification::None;
    let mut root_cert = None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match (name.as_ref(), value.as_ref()) {
            ("sslmode", "disable") => ssl_mode = SslMode::Disable,
            ("sslmode", "prefer" | "allow") => ssl_mode = SslMode::Prefer,
            ("sslmode", "require") => ssl_mode = SslMode::Require,
            ("sslmode", "verify-ca") => {
                (ssl_mode, verification) = (SslMode::Require, Verification::Issuer)
            }
            ("sslmode", "verify-full") => {
                (ssl_mode, verification) = (SslMode::Require, Verification::Full)
            }
            ("sslmode", other) => return Err(DatabaseUrlError::SslMode(other.to_owned())),
            ("sslrootcert", path) => root_cert = Some(PathBuf::from(path)),
            (name, value) => {
                kept.append_pair(name, value);
            }
        }
    }
    // As libpq does: naming a root certificate asks for its use.
    if root_cert.is_some() && ssl_mode == SslMode::Require && verification == Verification::None {
        verification = Verification::Issuer;
    }
    let kept = kept.finish().replace('+', "%20");
    let address = if kept.is_empty() {
        base.to_owned()
    } else {
        format!("{base}?{kept}")
    };
    let mut config =
        tokio_postgres::Config::from_str(&address).map_err(DatabaseUrlError::Malformed)?;
    config.ssl_mode(ssl_mode);
    Ok(DatabaseAddress {
        config,
        verification,
        root_cert,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (SslMode, Verification) {
        let parts = split(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        (parts.config.get_ssl_mode(), parts.verification)
    }

    fn refused(text: &str) -> DatabaseUrlError {
        split(text)
            .err()
            .unwrap_or_else(|| panic!("{text} was taken"))
    }

    #[test]
    fn sslmode_means_what_it_means_to_libpq() {
        let url = "postgresql://u:p@db.example/d";
        assert_eq!(read(url), (SslMode::Prefer, Verification::None));
        assert_eq!(
            read(&format!("{url}?sslmode=disable")),
            (SslMode::Disable, Verification::None)
        );
        assert_eq!(
            read(&format!("{url}?sslmode=require")),
            (SslMode::Require, Verification::None)
        );
        assert_eq!(
            read(&format!("{url}?sslmode=verify-ca")),
            (SslMode::Require, Verification::Issuer)
        );
        assert_eq!(
            read(&format!("{url}?sslmode=verify-full")),
            (SslMode::Require, Verification::Full)
        );
        let with_root = format!("{url}?sslmode=require&sslrootcert=/root.pem");
        assert_eq!(read(&with_root), (SslMode::Require, Verification::Issuer));
    }

    #[test]
    fn other_parameters_and_sockets_survive() {
        let url = "postgresql://u:p@%2Frun%2Fmy%20dir:5433/d?application_name=a%20b&sslmode=prefer";
        let parts = split(url).expect("a well-formed address");
        assert_eq!(parts.config.get_application_name(), Some("a b"));
        assert_eq!(parts.config.get_ports(), [5433]);
        assert_eq!(
            parts.config.get_hosts(),
            [tokio_postgres::config::Host::Unix("/run/my dir".into())]
        );
    }

    #[test]
    fn a_wrong_address_is_refused_without_showing_it() {
        let error = refused("postgresql://u:secret@host/d?sslmode=sometimes");
        assert_eq!(error.to_string(), "sslmode=sometimes is unknown");
        let error = refused("postgresql://u:secret@host:port/d");
        assert!(!error.to_string().contains("secret"));
    }
}
