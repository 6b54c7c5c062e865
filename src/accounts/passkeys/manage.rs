//! The passkeys that an account has.

use deadpool_postgres::Transaction;
use serde_json::json;
use uuid::Uuid;

use super::{PasskeyInfo, check_name, no_passkey};
use crate::{
    accounts::{Accounts, Client, admin::no_user, users},
    auth::Caller,
    error::Result,
};

const LIST: &str = "select id, friendly_name, created_at, last_used_at from auth.passkeys \
     where user_id = $1 order by created_at, id";

impl Accounts {
    /// The caller's passkeys, the oldest first.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in.
    pub async fn passkeys(&self, caller: &Caller) -> Result<Vec<PasskeyInfo>> {
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let (user, _) = self.current(&tx, caller).await?;
        list(&tx, user.id).await
    }

    /// Calls a passkey something else.
    ///
    /// # Errors
    /// UNAUTHENTICATED; BAD_USER_INPUT for the name; NOT_FOUND.
    pub async fn rename_passkey(
        &self,
        caller: &Caller,
        id: Uuid,
        friendly_name: &str,
    ) -> Result<PasskeyInfo> {
        let name = check_name(friendly_name)?;
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let (user, _) = self.current(&tx, caller).await?;
        let row = tx
            .query_opt(
                "update auth.passkeys set friendly_name = $3 where id = $1 and user_id = $2 \
                 returning id, friendly_name, created_at, last_used_at",
                &[&id, &user.id, &name],
            )
            .await?
            .ok_or_else(no_passkey)?;
        tx.commit().await?;
        Ok(PasskeyInfo::from_row(&row))
    }

    /// Removes a passkey. A mail or a password lets the owner in as before.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN without the second factor that the account has; NOT_FOUND.
    pub async fn remove_passkey(&self, caller: &Caller, id: Uuid, from: &Client) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        remove(&tx, user.id, id).await?;
        let details = json!({"passkey": id});
        self.log(&tx, user.id, "auth_passkey_remove", details, from)
            .await?;
        Ok(tx.commit().await?)
    }

    /// The passkeys of an account.
    ///
    /// # Errors
    /// FORBIDDEN for anybody but administrators, NOT_FOUND.
    pub async fn admin_passkeys(&self, caller: &Caller, user: Uuid) -> Result<Vec<PasskeyInfo>> {
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        self.require_admin(&tx, caller).await?;
        let user = users::by_id(&tx, user).await?.ok_or_else(no_user)?;
        list(&tx, user.id).await
    }

    /// Removes a passkey of an account, whose owner has lost the device.
    ///
    /// # Errors
    /// FORBIDDEN, also for one's own account; NOT_FOUND.
    pub async fn admin_remove_passkey(
        &self,
        caller: &Caller,
        user: Uuid,
        id: Uuid,
        from: &Client,
    ) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let admin = self.require_admin_over(&tx, caller, user).await?;
        let user = users::by_id(&tx, user).await?.ok_or_else(no_user)?;
        remove(&tx, user.id, id).await?;
        self.log_admin(&tx, admin, "admin_passkey_remove", &user, from)
            .await?;
        Ok(tx.commit().await?)
    }
}

async fn list(tx: &Transaction<'_>, user: Uuid) -> Result<Vec<PasskeyInfo>> {
    let rows = tx.query(LIST, &[&user]).await?;
    Ok(rows.iter().map(PasskeyInfo::from_row).collect())
}

async fn remove(tx: &Transaction<'_>, user: Uuid, id: Uuid) -> Result<()> {
    let sql = "delete from auth.passkeys where id = $1 and user_id = $2";
    match tx.execute(sql, &[&id, &user]).await? {
        0 => Err(no_passkey()),
        _ => Ok(()),
    }
}
