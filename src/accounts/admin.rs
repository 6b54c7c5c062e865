//! What administrators do with accounts. The role is looked up when it is used: a token from before a
//! demotion does nothing.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Accounts, AdminChange, Client, activity, passwords,
    secret::Secret,
    sign_in::check_metadata,
    users::{self, NewUser, User, normal_email},
};
use crate::{
    auth::{Caller, Role},
    error::{Code, Error, Reason, Result},
};

/// An account that an administrator makes.
pub struct CreateUser {
    /// The address.
    pub email: String,
    /// The password; without one the owner comes in by mail.
    pub password: Option<Secret>,
    /// Whether the address counts as proved.
    pub email_confirmed: bool,
    /// What is said about the owner.
    pub user_metadata: Map<String, Value>,
    /// The role in `app_metadata`.
    pub role: Option<String>,
    /// The key; a new one unless stated.
    pub id: Option<Uuid>,
    /// What else is said about it from the beginning.
    pub more: AdminChange,
}

impl Accounts {
    /// Accounts, the newest first, and how many there are in all. `search` is part of an address or an id.
    ///
    /// # Errors
    /// FORBIDDEN for anybody but administrators, BAD_USER_INPUT for more than 500 at once.
    pub async fn admin_users(
        &self,
        caller: &Caller,
        search: Option<&str>,
        first: i64,
        offset: i64,
        from: &Client,
    ) -> Result<(Vec<User>, i64)> {
        if !(1..=500).contains(&first) || offset < 0 {
            return Err(Error::bad_input(
                "first is 1 to 500, offset is not negative",
            ));
        }
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin(&tx, caller).await?;
        // `position` and not `like`: what is searched for is no pattern.
        let matching = "($1::text is null or position(lower($1) in coalesce(email, '')) > 0 or id::text = lower($1))";
        let sql = format!(
            "select {} from auth.users where {matching} order by created_at desc, id desc limit $2 offset $3",
            users::COLUMNS
        );
        let rows = tx.query(&sql, &[&search, &first, &offset]).await?;
        let count = format!("select count(*) from auth.users where {matching}");
        let total = tx.query_one(&count, &[&search]).await?.get(0);
        let details = json!({"search": search, "first": first, "offset": offset});
        activity::audit(&tx, admin, "admin_users_read", None, &details, from).await?;
        tx.commit().await?;
        Ok((rows.iter().map(User::from_row).collect(), total))
    }

    /// Puts on record that an administrator does something to the whole server.
    ///
    /// # Errors
    /// FORBIDDEN for anybody but administrators.
    pub async fn audit_admin(&self, caller: &Caller, action: &str, from: &Client) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin(&tx, caller).await?;
        activity::audit(&tx, admin, action, None, &json!({}), from).await?;
        Ok(tx.commit().await?)
    }

    /// Makes an account.
    ///
    /// # Errors
    /// FORBIDDEN; BAD_USER_INPUT for the address, password, role or metadata; CONFLICT for a taken address.
    pub async fn admin_create_user(
        &self,
        caller: &Caller,
        form: CreateUser,
        from: &Client,
    ) -> Result<User> {
        let email = normal_email(&form.email)?;
        check_metadata(&form.user_metadata)?;
        form.role.as_deref().map(check_role).transpose()?;
        self.require_admin_now(caller).await?;
        let more = self.prepare(form.more, Some(&email)).await?;
        let hash = match &form.password {
            Some(password) => {
                passwords::check_strength(password, Some(&email))?;
                Some(self.passwords.hash(password).await?)
            }
            None => None,
        };
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin(&tx, caller).await?;
        let new = NewUser {
            email: Some(&email),
            password_hash: hash.as_deref(),
            confirmed: form.email_confirmed,
            user_metadata: form.user_metadata,
            provider: "email",
            role: form.role.as_deref(),
            id: form.id,
        };
        let user = users::insert(&tx, new)
            .await?
            .ok_or_else(users::address_taken)?;
        let user = more.apply(&tx, &user).await?;
        self.log_admin(&tx, admin, "admin_user_create", &user, from)
            .await?;
        tx.commit().await?;
        Ok(user)
    }

    /// Suspends an account until then and ends its sessions; without a time, lets it in again.
    ///
    /// # Errors
    /// FORBIDDEN, also for one's own account; NOT_FOUND.
    pub async fn admin_ban_user(
        &self,
        caller: &Caller,
        id: Uuid,
        until: Option<DateTime<Utc>>,
        from: &Client,
    ) -> Result<User> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin_over(&tx, caller, id).await?;
        let sql = format!(
            "update auth.users set banned_until = $2 where id = $1 returning {}",
            users::COLUMNS
        );
        let row = tx
            .query_opt(&sql, &[&id, &until])
            .await?
            .ok_or_else(no_user)?;
        let user = User::from_row(&row);
        if user.is_banned() {
            end_sessions(&tx, id).await?;
        }
        self.log_admin(&tx, admin, "admin_user_ban", &user, from)
            .await?;
        tx.commit().await?;
        Ok(user)
    }

    /// Sets the role in `app_metadata`, or removes it. Sessions end: their tokens carry the former role.
    ///
    /// # Errors
    /// FORBIDDEN, also for one's own account; BAD_USER_INPUT for the role; NOT_FOUND.
    pub async fn admin_set_user_role(
        &self,
        caller: &Caller,
        id: Uuid,
        role: Option<&str>,
        from: &Client,
    ) -> Result<User> {
        role.map(check_role).transpose()?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin_over(&tx, caller, id).await?;
        let sql = format!(
            "update auth.users set raw_app_meta_data = (raw_app_meta_data - 'role') || \
               case when $2::text is null then '{{}}'::jsonb else jsonb_build_object('role', $2::text) end \
             where id = $1 returning {}",
            users::COLUMNS
        );
        let row = tx
            .query_opt(&sql, &[&id, &role])
            .await?
            .ok_or_else(no_user)?;
        let user = User::from_row(&row);
        end_sessions(&tx, id).await?;
        self.log_admin(&tx, admin, "admin_user_role", &user, from)
            .await?;
        tx.commit().await?;
        Ok(user)
    }

    /// Deletes an account with everything that belongs to it, and returns what it was.
    ///
    /// # Errors
    /// FORBIDDEN, also for one's own account; NOT_FOUND.
    pub async fn admin_delete_user(
        &self,
        caller: &Caller,
        id: Uuid,
        from: &Client,
    ) -> Result<User> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin_over(&tx, caller, id).await?;
        let user = users::by_id(&tx, id).await?.ok_or_else(no_user)?;
        tx.execute("delete from auth.users where id = $1", &[&id])
            .await?;
        self.log_admin(&tx, admin, "admin_user_delete", &user, from)
            .await?;
        tx.commit().await?;
        Ok(user)
    }

    /// The administrator's id; none for the operator's own programs.
    pub(super) async fn require_admin(
        &self,
        tx: &Transaction<'_>,
        caller: &Caller,
    ) -> Result<Option<Uuid>> {
        if caller.role == Role::ServiceRole {
            return Ok(None);
        }
        let (user, session) = self.current(tx, caller).await?;
        if !user.is_admin() {
            return Err(
                Error::forbidden("Only administrators may do this").because(Reason::NotAdmin)
            );
        }
        self.require_own_factor(tx, &user, &session).await?;
        Ok(Some(user.id))
    }

    async fn require_admin_now(&self, caller: &Caller) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        self.require_admin(&tx, caller).await.map(drop)
    }

    /// Nobody locks the last administrator out by a slip: their own account is for another one to change.
    pub(super) async fn require_admin_over(
        &self,
        tx: &Transaction<'_>,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Option<Uuid>> {
        let admin = self.require_admin(tx, caller).await?;
        if admin == Some(id) {
            return Err(Error::forbidden(
                "Administrators cannot do this to their own account",
            ));
        }
        Ok(admin)
    }

    /// Recorded as the administrator's, always; and among their activities where those are logged. What the
    /// operator's own programs do has no actor.
    pub(super) async fn log_admin(
        &self,
        tx: &Transaction<'_>,
        admin: Option<Uuid>,
        activity: &str,
        target: &User,
        from: &Client,
    ) -> Result<()> {
        let details = json!({"user": target.id, "bannedUntil": target.banned_until, "role": target.app_metadata.get("role")});
        let id = target.id.to_string();
        activity::audit(tx, admin, activity, Some(&id), &details, from).await?;
        match admin {
            Some(admin) => self.log(tx, admin, activity, details, from).await,
            None => Ok(()),
        }
    }
}

pub(super) async fn end_sessions(tx: &Transaction<'_>, user: Uuid) -> Result<()> {
    tx.execute("delete from auth.sessions where user_id = $1", &[&user])
        .await?;
    Ok(())
}

/// The roles that policies know; see `public.get_user_role()`, for which whoever has none is a user.
const ROLES: [&str; 2] = ["admin", "user"];

pub(super) fn check_role(role: &str) -> Result<()> {
    if ROLES.contains(&role) {
        return Ok(());
    }
    let roles = ROLES.join(" and ");
    Err(
        Error::bad_input(format!("There is no such role; the roles are {roles}"))
            .with("field", "role"),
    )
}

pub(super) fn no_user() -> Error {
    Error::new(Code::NotFound, "There is no such account").because(Reason::UserUnknown)
}
