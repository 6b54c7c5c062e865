//! Whose share of the server a caller's work counts against.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    net::{IpAddr, Ipv6Addr},
};

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Role;

/// Names who shares the server with whom. People count as themselves. Whoever can make identities at will (anonymous
/// accounts, callers without a token) counts by the address, so that making more of them brings nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Share {
    /// The operator's own programs.
    Service,
    /// A signed-in user.
    User(Uuid),
    /// Everybody without an account of their own at an address: of IPv6 the first 64 bits, which one customer has.
    Address(IpAddr),
    /// The same where the address is not known.
    Nobody,
}

impl Share {
    /// The share of a caller whose address is not known.
    pub(super) fn of(role: Role, user_id: Option<Uuid>, claims: &Map<String, Value>) -> Self {
        let anonymous = claims.get("is_anonymous").and_then(Value::as_bool) == Some(true);
        match (role, user_id) {
            (Role::ServiceRole, _) => Share::Service,
            (Role::Authenticated, Some(user)) if !anonymous => Share::User(user),
            _ => Share::Nobody,
        }
    }

    /// The same once the address is known.
    pub(super) fn at(self, address: IpAddr) -> Self {
        match self {
            Share::Nobody => Share::Address(network(address)),
            known => known,
        }
    }

    /// A number that tells shares apart.
    pub fn number(self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(network))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn making_accounts_or_addresses_multiplies_no_share() {
        let claims =
            |anonymous: bool| Map::from_iter([("is_anonymous".to_owned(), Value::from(anonymous))]);
        let user = Uuid::from_u128(1);
        let signed_in = Share::of(Role::Authenticated, Some(user), &claims(false));
        assert_eq!(signed_in.at(address("192.0.2.1")), Share::User(user));
        let shares: Vec<Share> = [
            (Role::Authenticated, Some(user), true),
            (Role::Authenticated, Some(Uuid::from_u128(2)), true),
            (Role::Anon, None, false),
        ]
        .into_iter()
        .map(|(role, user, anonymous)| {
            Share::of(role, user, &claims(anonymous)).at(address("192.0.2.1"))
        })
        .collect();
        assert_eq!(shares, [Share::Address(address("192.0.2.1")); 3]);
        let at = |text| Share::Nobody.at(address(text));
        assert_eq!(at("2001:db8:1:2:3::4"), at("2001:db8:1:2:ffff::1"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
        assert_eq!(
            Share::of(Role::ServiceRole, None, &claims(false)).at(address("192.0.2.1")),
            Share::Service
        );
    }
}
