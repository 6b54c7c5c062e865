//! Who asks: the database role and the claims that a transaction carries.

use std::{net::IpAddr, sync::Arc, time::SystemTime};

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Share;
use crate::role::Role;

/// The claim of a token by which an administrator looks at data as somebody else: who the administrator is.
pub const ACTING_CLAIM: &str = "mindloom_acting";

/// The caller of an operation, made from a verified token and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Caller {
    /// The database role of the caller's transactions.
    pub role: Role,
    /// The claims as JSON text, as `request.jwt.claims` carries them.
    pub claims_json: Arc<str>,
    /// The claims, parsed.
    pub claims: Arc<Map<String, Value>>,
    /// The `sub` claim: the signed-in user.
    pub user_id: Option<Uuid>,
    /// The `session_id` claim.
    pub session_id: Option<Uuid>,
    /// When the token ends; streams of this caller end with it.
    pub expires_at: Option<SystemTime>,
    /// Whose share of the server its work counts against.
    pub share: Share,
    /// The administrator who looks at data as this caller, and may change nothing.
    pub acting: Option<Uuid>,
}

impl Caller {
    /// The caller without a token.
    pub fn anonymous() -> Self {
        let claims = Map::from_iter([("role".to_owned(), Value::from("anon"))]);
        Self::from_claims(Role::Anon, claims)
    }

    /// The caller whom verified claims describe. `role` is passed beside them because the verifier
    /// decides which database role a token may take.
    pub fn from_claims(role: Role, claims: Map<String, Value>) -> Self {
        let uuid = |name: &str| claims.get(name).and_then(Value::as_str)?.parse().ok();
        let expires_at = claims
            .get("exp")
            .and_then(Value::as_u64)
            .map(|seconds| SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds));
        let user_id = uuid("sub");
        Caller {
            role,
            share: Share::of(role, user_id, &claims),
            user_id,
            session_id: uuid("session_id"),
            acting: uuid(ACTING_CLAIM),
            expires_at,
            claims_json: Value::Object(claims.clone()).to_string().into(),
            claims: Arc::new(claims),
        }
    }

    /// The same caller, seen at an address: it decides whose share the work of those counts against who can make
    /// identities at will.
    #[must_use]
    pub fn seen_at(self: &Arc<Self>, address: Option<IpAddr>) -> Arc<Self> {
        let share = address.map_or(self.share, |address| self.share.at(address));
        if share == self.share {
            return Arc::clone(self);
        }
        Arc::new(Caller {
            share,
            ..Caller::clone(self)
        })
    }

    /// How many seconds what is handed to this caller may be good for: of whoever looks as somebody else no longer than
    /// their token.
    pub fn handed_seconds_max(&self) -> u64 {
        match (self.acting, self.expires_at) {
            (None, _) => u64::MAX,
            (Some(_), Some(ends)) => ends
                .duration_since(SystemTime::now())
                .map_or(0, |left| left.as_secs()),
            (Some(_), None) => 0,
        }
    }

    /// Whether the server itself made this caller an administrator (`app_metadata.role`).
    pub fn is_admin(&self) -> bool {
        self.role == Role::ServiceRole
            || self
                .claims
                .get("app_metadata")
                .and_then(|metadata| metadata.get("role"))
                .is_some_and(|role| role == "admin")
    }

    /// Whether the caller's account is one that is had for the asking, without a password or an address.
    pub fn is_anonymous(&self) -> bool {
        self.claims.get("is_anonymous") == Some(&Value::Bool(true))
    }
}
