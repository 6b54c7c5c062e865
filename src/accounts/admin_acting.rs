//! An administrator looks at data as somebody else sees it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Accounts, Client,
    admin::no_user,
    secret::Secret,
    sessions::{SessionRow, claims},
    users::{self, User},
};
use crate::{
    auth::{ACTING_CLAIM, Caller},
    error::{Error, Result},
};

/// The longest time that a token may be good.
const MINUTES_MAX: i64 = 60;

/// A token for looking at data as an account.
pub struct Acting {
    /// The account.
    pub user: User,
    /// The token.
    pub access_token: Secret,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl Accounts {
    /// A token with which an administrator sees what somebody else sees, for so many minutes, and can change nothing. It
    /// ends with the administrator's session. What needs the account's second factor is not shown: nobody gave it.
    ///
    /// # Errors
    /// FORBIDDEN for anybody but signed-in administrators, for their own account and those of other administrators;
    /// BAD_USER_INPUT for the time; NOT_FOUND.
    pub async fn admin_act_as(
        &self,
        caller: &Caller,
        id: Uuid,
        minutes: i64,
        from: &Client,
    ) -> Result<Acting> {
        if !(1..=MINUTES_MAX).contains(&minutes) {
            let said = format!("minutes is 1 to {MINUTES_MAX}");
            return Err(Error::bad_input(said).with("field", "minutes"));
        }
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin_over(&tx, caller, id).await?;
        let (Some(admin), Some(session)) = (admin, caller.session_id) else {
            let said = "An administrator has to be signed in to look at data as somebody else";
            return Err(Error::forbidden(said));
        };
        let user = users::by_id(&tx, id).await?.ok_or_else(no_user)?;
        if user.is_admin() {
            let said = "Nobody looks at data as another administrator: it would show everybody's";
            return Err(Error::forbidden(said));
        }
        // The administrator's own session: when it ends, so does this.
        let session = SessionRow {
            id: session,
            aal: "aal1".to_owned(),
            amr: json!([]),
        };
        let (now, expires_at) = (Utc::now(), Utc::now() + TimeDelta::minutes(minutes));
        let (begins, ends) = (now.timestamp(), expires_at.timestamp());
        let mut claims = claims(
            &user,
            &session,
            &self.issuer(),
            &self.audience,
            begins,
            ends,
        );
        claims.insert(ACTING_CLAIM.to_owned(), Value::from(admin.to_string()));
        let access_token = Secret::new(self.keys.sign(&claims)?);
        self.log_admin(&tx, Some(admin), "admin_act_as", &user, from)
            .await?;
        tx.commit().await?;
        Ok(Acting {
            user,
            access_token,
            expires_at,
        })
    }
}
