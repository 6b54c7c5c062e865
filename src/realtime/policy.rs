//! Row level security that can be decided without the database.
//!
//! Most policies say one thing: the row is the caller's own. Such a policy is read from its text in the catalog
//! (`policy_text`), and a change is then judged by the row it carries. What is not exactly understood is left to the
//! database ([`Policy::Asked`]).

use std::cmp::Ordering;

use uuid::Uuid;

use super::logic::Logic;
use super::record::Record;
use super::row_test::RowTest;
use crate::auth::Caller;

/// Which rows of a table a role may see.
#[derive(Debug, Clone, PartialEq)]
pub enum Policy {
    /// Decided from the row and the caller alone.
    Known(PolicyCondition),
    /// Decided by asking the database as the caller.
    Asked,
}

/// A condition on a row and a caller; a row is visible when it is true.
pub type PolicyCondition = Logic<PolicyTest>;

/// What a policy asks of a row and a caller.
#[derive(Debug, Clone, PartialEq)]
pub enum PolicyTest {
    /// Of the row alone.
    Row(RowTest),
    /// The column is the caller's id.
    Own(usize),
    /// The column is at least the caller's id, or anything for an administrator.
    OwnOrAbove(usize),
    /// The column is at most the caller's id, or anything for an administrator.
    OwnOrBelow(usize),
    /// Somebody is signed in.
    SignedIn,
    /// The caller's role inside the application.
    RoleIs(String),
}

impl Policy {
    /// The policy of whom row level security does not bind.
    #[must_use]
    pub fn everything() -> Self {
        Policy::Known(PolicyCondition::default())
    }
}

impl PolicyCondition {
    /// Whether the caller sees the row.
    #[must_use]
    pub fn holds(&self, record: &Record, caller: &Identity) -> bool {
        self.truth(&|test: &PolicyTest| test.truth(record, caller)) == Some(true)
    }

    /// A column that is the caller's id in every row that this caller can see, where there is one:
    /// changes of other owners need not be looked at.
    #[must_use]
    pub fn owner_column(&self, caller: &Identity) -> Option<usize> {
        caller.user_id.as_ref()?;
        match self {
            Logic::Test(PolicyTest::Own(column)) => Some(*column),
            Logic::And(parts) => parts
                .iter()
                .find_map(|part| part.owner_column(caller))
                .or_else(|| parts.iter().find_map(|part| ranged(part, parts, caller))),
            Logic::Or(parts) => {
                let mut possible = parts.iter().filter(|part| !part.never(caller));
                let column = possible.next()?.owner_column(caller)?;
                possible
                    .all(|part| part.owner_column(caller) == Some(column))
                    .then_some(column)
            }
            _ => None,
        }
    }

    /// Whether it holds for no row at all.
    fn never(&self, caller: &Identity) -> bool {
        match self {
            Logic::Test(PolicyTest::RoleIs(role)) => caller.role != *role,
            Logic::And(parts) => parts.iter().any(|part| part.never(caller)),
            Logic::Or(parts) => parts.iter().all(|part| part.never(caller)),
            _ => false,
        }
    }
}

/// The column that both ends of a range hold to the caller's id.
fn ranged(part: &PolicyCondition, parts: &[PolicyCondition], caller: &Identity) -> Option<usize> {
    let Logic::Test(PolicyTest::OwnOrAbove(column)) = part else {
        return None;
    };
    let other_end = Logic::Test(PolicyTest::OwnOrBelow(*column));
    (!caller.is_admin() && parts.contains(&other_end)).then_some(*column)
}

impl PolicyTest {
    fn truth(&self, record: &Record, caller: &Identity) -> Option<bool> {
        let compare = |column: usize| Some(record.plain(column)?.cmp(caller.user_id.as_deref()?));
        let ranged = |column: usize| {
            if caller.is_admin() {
                record.value(column).map(|_| Ordering::Equal)
            } else {
                compare(column)
            }
        };
        match self {
            PolicyTest::Row(test) => test.truth(record),
            PolicyTest::Own(column) => compare(*column).map(Ordering::is_eq),
            PolicyTest::OwnOrAbove(column) => ranged(*column).map(Ordering::is_ge),
            PolicyTest::OwnOrBelow(column) => ranged(*column).map(Ordering::is_le),
            PolicyTest::SignedIn => Some(caller.user_id.is_some()),
            PolicyTest::RoleIs(role) => Some(caller.role == *role),
        }
    }
}

/// The role of administrators.
pub(super) const ADMIN: &str = "admin";

/// What policies ask of a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// As the log writes UUIDs.
    pub user_id: Option<Box<str>>,
    /// The role inside the application.
    pub role: String,
}

impl Identity {
    fn is_admin(&self) -> bool {
        self.role == ADMIN
    }

    /// The caller's identity.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        let role = caller
            .claims
            .get("app_metadata")
            .and_then(|metadata| metadata.get("role"));
        let role = match role {
            None | Some(serde_json::Value::Null) => "user".to_owned(),
            Some(serde_json::Value::String(role)) => role.clone(),
            Some(other) => other.to_string(),
        };
        Identity {
            user_id: caller.user_id.map(|id: Uuid| id.to_string().into()),
            role,
        }
    }
}
