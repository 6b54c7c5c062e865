//! Who signed an upload, as they are now: an address to upload to outlives the token with which it was asked for, and
//! gives no more than its owner may still do.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Result, Storage, StorageError, signing::SignedBy};
use crate::{
    auth::{Caller, Share},
    role::Role,
};

impl SignedBy {
    /// That of a caller.
    pub(super) fn of(caller: &Caller) -> Self {
        let aal = caller.claims.get("aal").and_then(Value::as_str);
        SignedBy {
            role: caller.role.as_str().to_owned(),
            user: caller.user_id,
            aal: aal.map(str::to_owned),
            admin: caller.is_admin(),
        }
    }
}

impl Storage {
    /// The caller of a signature, with the claims of their account as it is now. Who has none counts by `share`.
    pub(super) async fn present(&self, share: Share, by: &SignedBy) -> Result<Arc<Caller>> {
        const FIND: &str = "
            select json_build_object('email', coalesce(email, ''), 'is_anonymous', is_anonymous,
              'app_metadata', raw_app_meta_data, 'user_metadata', raw_user_meta_data,
              'is_banned', coalesce(banned_until > now(), false))::text
            from auth.users where id = $1";
        let refused = || {
            StorageError::access_denied(
                "The account that gave this address is suspended or gone: ask for another",
            )
        };
        let role = Role::from_name(&by.role)
            .ok_or_else(|| StorageError::invalid_signature("Invalid signature"))?;
        let mut claims = Map::from_iter([("role".to_owned(), json!(role.as_str()))]);
        if let Some(user) = by.user {
            claims.insert("sub".to_owned(), json!(user));
        }
        if let (Role::Authenticated, Some(user)) = (role, by.user) {
            let found = self.own_rows(share, FIND, &[&user]).await?;
            let found = found.first().ok_or_else(refused)?;
            let mut account: Map<String, Value> =
                serde_json::from_str(found).map_err(crate::error::Error::internal)?;
            if account.remove("is_banned") == Some(Value::Bool(true)) {
                return Err(refused());
            }
            if !by.admin
                && let Some(Value::Object(app)) = account.get_mut("app_metadata")
            {
                app.remove("role");
            }
            claims.extend(account);
            claims.insert("aud".to_owned(), json!("authenticated"));
            let aal = by.aal.as_deref().unwrap_or("aal1");
            claims.insert("aal".to_owned(), json!(aal));
        }
        let mut caller = Caller::from_claims(role, claims);
        if caller.share == Share::Nobody {
            caller.share = share;
        }
        Ok(Arc::new(caller))
    }
}
