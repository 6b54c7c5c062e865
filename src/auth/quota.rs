//! How much an account may have in the database. The triggers that hold it read it from the claims of the request.

use serde_json::{Map, Value, json};

use crate::config::CallerSettings;

/// The claim that carries a quota to the database. A token's own is thrown away.
const CLAIM: &str = "mindloom_quota";

/// Rows and bytes that an account may have; 0 is without limit.
#[derive(Debug, Clone, Copy)]
struct Quota {
    rows: u64,
    bytes: u64,
}

/// The quotas of the kinds of accounts.
#[derive(Debug)]
pub(super) struct Quotas {
    anonymous: Quota,
    users: Quota,
}

impl Quotas {
    pub(super) fn new(settings: &CallerSettings) -> Self {
        Quotas {
            anonymous: Quota {
                rows: settings.anonymous_max_rows,
                bytes: settings.anonymous_max_row_bytes,
            },
            users: Quota {
                rows: settings.user_max_rows,
                bytes: settings.user_max_row_bytes,
            },
        }
    }

    /// Writes the quota of a signed-in caller among its claims, if it has one. Administrators have none.
    pub(super) fn put(&self, claims: &mut Map<String, Value>) {
        claims.remove(CLAIM);
        let is_admin = claims
            .get("app_metadata")
            .and_then(|metadata| metadata.get("role"))
            .is_some_and(|role| role == "admin");
        let quota = match claims.get("is_anonymous") {
            Some(Value::Bool(true)) => self.anonymous,
            _ if is_admin => return,
            _ => self.users,
        };
        let limit = |limit: u64| (limit > 0).then_some(limit);
        if limit(quota.rows).or(limit(quota.bytes)).is_some() {
            let value = json!({"rows": limit(quota.rows), "bytes": limit(quota.bytes)});
            claims.insert(CLAIM.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_with_a_quota_carry_one() {
        let quotas = Quotas {
            anonymous: Quota { rows: 5, bytes: 0 },
            users: Quota { rows: 0, bytes: 0 },
        };
        let put = |claims: Value| {
            let mut claims = claims.as_object().cloned().unwrap_or_default();
            quotas.put(&mut claims);
            claims.get(CLAIM).cloned()
        };
        let quota = Some(json!({"rows": 5, "bytes": null}));
        assert_eq!(put(json!({"is_anonymous": true})), quota);
        let own = json!({"is_anonymous": true, "mindloom_quota": {"rows": 1_000_000}});
        assert_eq!(put(own), quota, "nobody brings their own");
        assert_eq!(put(json!({"mindloom_quota": {"rows": 1}})), None);
        assert_eq!(put(json!({"app_metadata": {"role": "admin"}})), None);
    }
}
