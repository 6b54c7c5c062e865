//! What administrators and the operator's own programs change about an account beside its role and its ban: all of it
//! in one step, as Supabase's clients ask for it.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    Accounts, Client, FactorInfo,
    admin::{check_role, end_sessions, no_user},
    passwords,
    secret::Secret,
    sign_in::check_metadata,
    users::{self, User, normal_email},
};
use crate::{
    auth::Caller,
    error::{Error, Result},
};

/// What to change; what is absent stays.
#[derive(Default)]
pub struct AdminChange {
    /// The address, from now on.
    pub email: Option<String>,
    /// Whether the address counts as proved from now on.
    pub email_confirmed: bool,
    /// The password; all sessions end.
    pub password: Option<NewPassword>,
    /// Fields of the owner's metadata to set; `null` removes one.
    pub user_metadata: Option<Map<String, Value>>,
    /// Fields of the server's metadata to set; `null` removes one. Which providers there are is not theirs to say.
    pub app_metadata: Option<Map<String, Value>>,
    /// Until when it may not sign in; with a time that is over, or none, it may.
    pub banned_until: Option<Option<DateTime<Utc>>>,
}

/// A password in one of two forms.
pub enum NewPassword {
    /// Itself.
    Plain(Secret),
    /// The hash of bcrypt or Argon2 that another server kept.
    Hash(Secret),
}

/// The same, with all that takes time done.
pub(super) struct Prepared {
    email: Option<String>,
    email_confirmed: bool,
    hash: Option<String>,
    user_metadata: Option<Map<String, Value>>,
    app_metadata: Option<Map<String, Value>>,
    banned_until: Option<Option<DateTime<Utc>>>,
}

impl Accounts {
    /// One account.
    ///
    /// # Errors
    /// FORBIDDEN for anybody but administrators, NOT_FOUND.
    pub async fn admin_user(&self, caller: &Caller, id: Uuid) -> Result<User> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        self.require_admin(&tx, caller).await?;
        users::by_id(&tx, id).await?.ok_or_else(no_user)
    }

    /// Changes an account.
    ///
    /// # Errors
    /// FORBIDDEN, also for one's own account; NOT_FOUND; BAD_USER_INPUT; CONFLICT for a taken address.
    pub async fn admin_update_user(
        &self,
        caller: &Caller,
        id: Uuid,
        change: AdminChange,
        from: &Client,
    ) -> Result<User> {
        self.admin_user(caller, id).await?;
        let change = self.prepare(change, None).await?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin_over(&tx, caller, id).await?;
        let user = users::by_id(&tx, id).await?.ok_or_else(no_user)?;
        let user = change.apply(&tx, &user).await?;
        self.log_admin(&tx, admin, "admin_user_update", &user, from)
            .await?;
        tx.commit().await?;
        Ok(user)
    }

    /// Checks a change and hashes its password.
    pub(super) async fn prepare(
        &self,
        change: AdminChange,
        own_email: Option<&str>,
    ) -> Result<Prepared> {
        let email = change.email.as_deref().map(normal_email).transpose()?;
        if let Some(metadata) = &change.user_metadata {
            check_metadata(metadata)?;
        }
        let role = change
            .app_metadata
            .as_ref()
            .and_then(|fields| fields.get("role"));
        match role {
            None | Some(Value::Null) => {}
            Some(role) => check_role(role.as_str().unwrap_or_default())?,
        }
        let hash = match &change.password {
            None => None,
            Some(NewPassword::Plain(password)) => {
                passwords::check_strength(password, email.as_deref().or(own_email))?;
                Some(self.passwords.hash(password).await?)
            }
            Some(NewPassword::Hash(hash)) => Some(self.kept_hash(hash)?),
        };
        let mut app_metadata = change.app_metadata;
        if let Some(fields) = &mut app_metadata {
            fields.retain(|name, _| name != "provider" && name != "providers");
        }
        Ok(Prepared {
            email,
            email_confirmed: change.email_confirmed,
            hash,
            user_metadata: change.user_metadata,
            app_metadata,
            banned_until: change.banned_until,
        })
    }

    fn kept_hash(&self, hash: &Secret) -> Result<String> {
        let text = hash.expose();
        if text.starts_with("$2") && text.len() == 60 {
            self.passwords.expect_bcrypt();
        } else if !text.starts_with("$argon2") {
            return Err(Error::bad_input(
                "A password's hash is of bcrypt ($2…) or Argon2 ($argon2…)",
            )
            .with("field", "password_hash"));
        }
        Ok(text.to_owned())
    }

    /// The second factors of an account.
    ///
    /// # Errors
    /// As [`Accounts::admin_user`].
    pub async fn admin_factors(&self, caller: &Caller, id: Uuid) -> Result<Vec<FactorInfo>> {
        self.admin_user(caller, id).await?;
        Ok(self.details_of(id).await?.factors)
    }

    /// Removes a second factor of an account, whose owner has lost it.
    ///
    /// # Errors
    /// FORBIDDEN, also for one's own account; NOT_FOUND.
    pub async fn admin_remove_factor(
        &self,
        caller: &Caller,
        id: Uuid,
        factor: Uuid,
        from: &Client,
    ) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin_over(&tx, caller, id).await?;
        let user = users::by_id(&tx, id).await?.ok_or_else(no_user)?;
        self.remove_factor(&tx, id, factor).await?;
        self.log_admin(&tx, admin, "admin_factor_remove", &user, from)
            .await?;
        Ok(tx.commit().await?)
    }
}

impl Prepared {
    /// Makes the change, and ends the sessions that must not outlive it.
    pub(super) async fn apply(&self, tx: &Transaction<'_>, user: &User) -> Result<User> {
        let fields = |fields: &Option<Map<String, Value>>| {
            let fields = fields.clone().unwrap_or_default();
            let (removed, set): (Map<_, _>, Map<_, _>) =
                fields.into_iter().partition(|(_, value)| value.is_null());
            let removed: Vec<String> = removed.into_iter().map(|(name, _)| name).collect();
            (removed, Value::Object(set))
        };
        let (removed_of_user, set_of_user) = fields(&self.user_metadata);
        let (removed_of_app, set_of_app) = fields(&self.app_metadata);
        let sql = format!(
            "update auth.users set \
               email = coalesce($2, email), \
               is_anonymous = is_anonymous and coalesce($2, email) is null, \
               email_confirmed_at = case when $3 then coalesce(email_confirmed_at, now()) else email_confirmed_at end, \
               encrypted_password = coalesce($4, encrypted_password), \
               raw_user_meta_data = (raw_user_meta_data - $5::text[]) || $6, \
               raw_app_meta_data = (raw_app_meta_data - $7::text[]) || $8, \
               banned_until = case when $9 then $10 else banned_until end \
             where id = $1 returning {}",
            users::COLUMNS
        );
        let row = tx
            .query_one(
                &sql,
                &[
                    &user.id,
                    &self.email,
                    &self.email_confirmed,
                    &self.hash,
                    &removed_of_user,
                    &set_of_user,
                    &removed_of_app,
                    &set_of_app,
                    &self.banned_until.is_some(),
                    &self.banned_until.flatten(),
                ],
            )
            .await
            .map_err(|error| match error.code() {
                Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION) => users::address_taken(),
                _ => users::metadata_too_large(error),
            })?;
        let mut changed = User::from_row(&row);
        if self.email.is_some() {
            changed = users::add_provider(tx, user.id, "email").await?;
        }
        let role = |user: &User| user.app_metadata.get("role").cloned();
        if self.hash.is_some() || changed.is_banned() || role(&changed) != role(user) {
            end_sessions(tx, user.id).await?;
        }
        Ok(changed)
    }
}

/// A duration as Go writes it, such as `24h` or `1h30m`; `none` is nothing.
///
/// # Errors
/// BAD_USER_INPUT when it is none, or longer than a hundred years.
pub fn ban_of(text: &str) -> Result<Option<DateTime<Utc>>> {
    let wrong = || {
        Error::bad_input("ban_duration is a duration such as 24h or 1h30m, or none")
            .with("field", "ban_duration")
    };
    if text == "none" {
        return Ok(None);
    }
    let mut seconds = 0.0_f64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, after) = rest.split_at(digits.ok_or_else(wrong)?);
        let unit = after.find(|c: char| c.is_ascii_digit() || c == '.');
        let (unit, after) = after.split_at(unit.unwrap_or(after.len()));
        let scale = match unit {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            _ => return Err(wrong()),
        };
        seconds += number.parse::<f64>().map_err(|_| wrong())? * scale;
        rest = after;
    }
    const CENTURY_S: f64 = 36_500.0 * 86_400.0;
    if text.is_empty() || !(0.0..=CENTURY_S).contains(&seconds) {
        return Err(wrong());
    }
    let milliseconds = seconds * 1_000.0;
    Ok(Some(
        Utc::now() + chrono::TimeDelta::milliseconds(milliseconds as i64),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bans_last_as_long_as_go_says() {
        for (text, seconds) in [("24h", 86_400), ("1h30m", 5_400), ("1.5m", 90), ("0s", 0)] {
            let until = ban_of(text).expect("a duration").expect("a time");
            let off = (until - Utc::now()).num_seconds() - seconds;
            assert!(off.abs() <= 1, "{text}: {off}");
        }
        assert!(ban_of("none").expect("nothing").is_none());
        for text in ["", "24", "h", "1d", "-1h", "1e9h", "99999999h"] {
            assert!(ban_of(text).is_err(), "{text}");
        }
    }
}
