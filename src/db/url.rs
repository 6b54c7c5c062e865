//! Reads a database's address. tokio-postgres does not know `verify-ca` and `verify-full`, so the address is split
//! into its part and the TLS part.

use std::path::PathBuf;
use std::str::FromStr;

use tokio_postgres::config::{Host, SslMode};

use super::tls::{Tls, TlsError, Verification};

/// What is wrong with the address of a database. Never shows the address, which has a password in it.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    #[error("the database address is malformed")]
    Malformed(#[source] tokio_postgres::Error),
    #[error("sslmode={0} is unknown")]
    SslMode(String),
    #[error("the certificates for the database connection cannot be used")]
    Tls(#[from] TlsError),
}

/// How to reach a database.
pub(super) struct Address {
    pub(super) config: tokio_postgres::Config,
    pub(super) tls: Tls,
}

impl Address {
    /// Where the database is, for people; without the login.
    pub(super) fn place(&self) -> String {
        let (hosts, ports) = (self.config.get_hosts(), self.config.get_ports());
        let name = |(index, host): (usize, &Host)| {
            let port = ports.get(index).or(ports.first()).unwrap_or(&5432);
            match host {
                Host::Tcp(host) => format!("{host}:{port}"),
                Host::Unix(directory) => format!("{} (port {port})", directory.display()),
            }
        };
        let places: Vec<String> = hosts.iter().enumerate().map(name).collect();
        places.join(", ")
    }
}

struct Parts {
    config: tokio_postgres::Config,
    verification: Verification,
    root_cert: Option<PathBuf>,
}

/// Says whether an address is well formed, without touching files or the network.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check(text: &str) -> Result<(), UrlError> {
    split(text).map(|_| ())
}

pub(super) fn parse(text: &str) -> Result<Address, UrlError> {
    let parts = split(text)?;
    Ok(Address {
        tls: Tls::new(parts.verification, parts.root_cert.as_deref())?,
        config: parts.config,
    })
}

fn split(text: &str) -> Result<Parts, UrlError> {
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
            ("sslmode", other) => return Err(UrlError::SslMode(other.to_owned())),
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
    let mut config = tokio_postgres::Config::from_str(&address).map_err(UrlError::Malformed)?;
    config.ssl_mode(ssl_mode);
    Ok(Parts {
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
        let error =
            check("postgresql://u:secret@host/d?sslmode=sometimes").expect_err("an unknown mode");
        assert_eq!(error.to_string(), "sslmode=sometimes is unknown");
        let error =
            check("postgresql://u:secret@host:port/d").expect_err("a port that is no number");
        assert!(!error.to_string().contains("secret"));
    }
}
