use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use clap::Args;
use url::Url;

/// Where the server listens unless it is told otherwise.
const DEFAULT_BIND: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4000);

/// Where and how the server answers.
#[derive(Args, Clone, Debug)]
pub struct HttpSettings {
    /// Address and port to listen on; port 0 picks a free one.
    #[arg(long, env = "MINDLOOM_BIND", value_name = "ADDRESS:PORT", global = true,
          default_value_t = DEFAULT_BIND, value_parser = parse_bind)]
    pub bind: SocketAddr,

    /// How long running requests may take to finish after the server was told to stop.
    #[arg(
        long,
        env = "MINDLOOM_SHUTDOWN_GRACE_MS",
        value_name = "MS",
        global = true,
        default_value_t = 10_000
    )]
    pub shutdown_grace_ms: u64,
}

impl HttpSettings {
    /// Whether the server listens where nobody told it otherwise.
    #[must_use]
    pub fn is_default_bind(&self) -> bool {
        self.bind == DEFAULT_BIND
    }
}

/// The address at which a server that listens there is reached from its own machine. Who listens on all addresses is
/// reached by the loopback one.
///
/// # Errors
/// When the address makes no URL, which none is known to do.
pub fn url_of(listening: SocketAddr) -> Result<Url, url::ParseError> {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    // Without the zone of a link-local address, which no URL has.
    let authority = SocketAddr::new(ip, listening.port());
    Url::parse(&format!("http://{authority}"))
}

/// The address of a server with the settings that stand when nobody changes any.
///
/// # Errors
/// As [`url_of`].
pub(crate) fn default_url() -> Result<Url, url::ParseError> {
    url_of(DEFAULT_BIND)
}

pub(super) fn parse_bind(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "allowed is address:port, such as 127.0.0.1:4000, 0.0.0.0:4000 or [::1]:4000".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_everywhere_is_reached_by_the_loopback_address() {
        for (listening, url) in [
            ("127.0.0.1:4200", "http://127.0.0.1:4200/"),
            ("0.0.0.0:4000", "http://127.0.0.1:4000/"),
            ("[::]:4000", "http://[::1]:4000/"),
            ("[fe80::1%2]:4000", "http://[fe80::1]:4000/"),
            ("192.0.2.7:80", "http://192.0.2.7/"),
        ] {
            let listening = listening.parse().expect("an address");
            assert_eq!(url_of(listening).expect("a URL").as_str(), url);
        }
    }
}
