//! IP addresses and networks.

use std::net::IpAddr;

/// An address with the length of its network; the address's own when it stands for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// The address.
    pub address: IpAddr,
    /// How many bits of it name the network.
    pub prefix_bits: u8,
}

impl Network {
    /// Reads `10.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|bits| *bits <= whole)?
            }
            Some(_) => return None,
            None => whole,
        };
        Some(Network {
            address,
            prefix_bits,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks() {
        let parsed = |text| Network::parse(text).map(|network| network.prefix_bits);
        assert_eq!(parsed("10.0.0.1"), Some(32));
        assert_eq!(parsed("10.0.0.0/8"), Some(8));
        assert_eq!(parsed("2001:db8::/32"), Some(32));
        for text in [
            "10.0.0",
            "10.0.0.1/33",
            "::1/129",
            "10.0.0.1/",
            "10.0.0.1/+8",
            "x",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
