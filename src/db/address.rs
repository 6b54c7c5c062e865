//! Where a database is and how a connection to it is protected.

use tokio_postgres::config::Host;

use super::tls::{Tls, TlsError};
use crate::config::{DatabaseUrl, DatabaseUrlError};

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    #[error(transparent)]
    Url(#[from] DatabaseUrlError),
    #[error("the certificates for the database connection cannot be used")]
    Tls(#[from] TlsError),
}

/// How to reach a database.
pub(super) struct Address {
    pub(super) config: tokio_postgres::Config,
    pub(super) tls: Tls,
}

impl Address {
    /// Reads the certificates that an address names.
    pub(super) fn of(url: &DatabaseUrl) -> Result<Self, AddressError> {
        let address = url.address()?;
        Ok(Address {
            tls: Tls::new(address.verification, address.root_cert.as_deref())?,
            config: address.config,
        })
    }

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
