//! Which addresses may be reached: what an administrator names over the API may lead anywhere but into the server's own
//! network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Finds the addresses of names, and leaves out those of the server's own network.
pub(super) struct PublicNames;

/// Every address of a name belongs to the server's own network.
#[derive(Debug, thiserror::Error)]
#[error("the name leads into the server's own network")]
struct OwnNetwork;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = public_addresses(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name that lead outside.
///
/// # Errors
/// When it is not found, or leads into the server's own network.
pub async fn public_addresses(name: &str) -> std::io::Result<Vec<SocketAddr>> {
    let found = tokio::net::lookup_host((name, 0)).await?;
    let public: Vec<SocketAddr> = found.filter(|at| is_public(at.ip())).collect();
    match public.is_empty() {
        true => Err(std::io::Error::other(OwnNetwork)),
        false => Ok(public),
    }
}

/// Whether an address that is written as a number leads outside; of names that is known when they are looked up.
#[must_use]
pub fn may_be_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => is_public(ip.into()),
        Some(Host::Ipv6(ip)) => is_public(ip.into()),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match embedded_v4(ip) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(ip),
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_own = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || a == 0
        // Shared by carriers, assigned by IETF, benchmarks, reserved.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !is_own
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // Only this part of the space is given to the public; what lies in it for examples is not.
    let [first, second, ..] = ip.segments();
    (0x2000..0x4000).contains(&first) && !(first == 0x2001 && second == 0x0db8)
}

/// The IPv4 address that an IPv6 address stands for: mapped, translated (NAT64), or 6to4.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let made = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] => Some(made(high, low)),
        [0x2002, high, low, ..] => Some(made(high, low)),
        _ => ip.to_ipv4_mapped(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_the_own_network_is_told_from_the_rest() {
        for own in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(own.parse().expect("an address")), "{own}");
        }
        for public in [
            "1.1.1.1",
            "104.18.6.192",
            "2606:4700::6812:6c0",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
    }
}
