//! Who does what, while that is logged. The triggers of the tables write it, in the transaction of the mutation: so the
//! log has what happened, no more and no less, and a mutation is still one round trip. What they cannot know of the
//! request travels with its claims, and is what makes them write at all.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    auth::{ACTIVITY_CLAIM, Caller, RequestContext},
    role::Role,
};

/// Whether activities are logged, as `logging_settings` say.
#[derive(Debug, Default)]
pub struct Activity {
    of_users: AtomicBool,
}

impl Activity {
    /// Takes over the logging settings.
    pub fn apply(&self, logging_settings: &Value) {
        let of_users = logging_settings["user_activity_logging_enabled"] == true;
        self.of_users.store(of_users, Ordering::Relaxed);
    }

    /// The context of a mutation, which asks for entries while there are to be any. All entries of one operation have
    /// one correlation.
    pub fn of_mutation<'a>(&self, context: &'a RequestContext) -> Cow<'a, RequestContext> {
        let caller = &context.caller;
        let is_person = caller.role == Role::Authenticated && caller.user_id.is_some();
        if !is_person || !self.of_users.load(Ordering::Relaxed) {
            return Cow::Borrowed(context);
        }
        let asked = json!({
            "id": Uuid::now_v7(),
            "ip": context.client_ip,
            "userAgent": context.user_agent,
            "path": context.route.path(),
            "method": context.route.method(),
        });
        let mut with_claim = context.clone();
        with_claim.caller = Arc::new(Caller {
            claims_json: with_member(&caller.claims_json, ACTIVITY_CLAIM, &asked).into(),
            ..Caller::clone(caller)
        });
        Cow::Owned(with_claim)
    }
}

/// A JSON object that is not empty, as serde_json writes one, with one member more.
fn with_member(object: &str, name: &str, value: &Value) -> String {
    let open = object.strip_suffix('}').unwrap_or(object);
    format!("{open},\"{name}\":{value}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_added_to_objects_that_end_in_objects() {
        for object in [
            json!({"sub": "x"}),
            json!({"sub": "x", "app_metadata": {"a": {}}}),
        ] {
            let longer = with_member(&object.to_string(), "more", &json!({"b": 1}));
            let mut expected = object;
            expected["more"] = json!({"b": 1});
            assert_eq!(serde_json::from_str::<Value>(&longer).unwrap(), expected);
        }
    }
}
