use std::net::{IpAddr, Ipv6Addr};

use uuid::Uuid;

use crate::auth::{Caller, RequestContext};

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A user, over all of their sessions and addresses.
    User(Uuid),
    /// Whoever calls from an address without an account, or with one that is had for the asking: making more of those
    /// must bring nothing. An IPv6 address stands for the 2^64 of its network.
    Network(IpAddr),
    /// Callers of whom nothing is known share one count.
    Unknown,
}

impl Subject {
    /// Whom a request counts for.
    pub fn of(context: &RequestContext) -> Self {
        Self::new(&context.caller, context.client_ip)
    }

    /// Whom something counts for that a caller does from an address.
    pub fn new(caller: &Caller, address: Option<IpAddr>) -> Self {
        match address {
            Some(address) if caller.user_id.is_none() || caller.is_anonymous() => {
                Subject::network(address)
            }
            _ => caller.user_id.map_or(Subject::Unknown, Subject::User),
        }
    }

    /// The network of an address.
    pub fn network(address: IpAddr) -> Self {
        Subject::Network(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::Role;

    #[test]
    fn neighbours_in_an_ipv6_network_are_one() {
        let network = |text: &str| Subject::network(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    #[test]
    fn a_user_is_one_wherever_they_are() {
        let mut ada = Caller::anonymous();
        let here = "192.0.2.1".parse().ok();
        assert_eq!(Subject::new(&ada, None), Subject::Unknown);
        assert_eq!(
            Subject::new(&ada, here),
            Subject::network("192.0.2.1".parse().unwrap())
        );
        ada.user_id = Some(Uuid::nil());
        assert_eq!(Subject::new(&ada, here), Subject::new(&ada, None));
    }

    #[test]
    fn anonymous_accounts_at_an_address_are_one() {
        let account = |number: u128, anonymous: bool| {
            let user = Uuid::from_u128(number).to_string();
            let claims = json!({"sub": user, "is_anonymous": anonymous});
            let claims = claims.as_object().cloned().unwrap_or_default();
            Caller::from_claims(Role::Authenticated, claims)
        };
        let here = "192.0.2.1".parse().ok();
        let stranger = Subject::new(&Caller::anonymous(), here);
        assert_eq!(Subject::new(&account(1, true), here), stranger);
        assert_eq!(Subject::new(&account(2, true), here), stranger);
        assert_ne!(Subject::new(&account(1, false), here), stranger);
        // Where no address is known there is nothing better to count by.
        assert_ne!(
            Subject::new(&account(1, true), None),
            Subject::new(&account(2, true), None)
        );
    }
}
