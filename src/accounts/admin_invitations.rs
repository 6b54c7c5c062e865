//! Links that make their holder an administrator.
//!
//! A server without an administrator prints one when it starts, and `mindloom admin create EMAIL` makes one for an
//! address: whoever can do either may change the database as well. A link carries 256 random bits, is good once and
//! for a day, and is kept as a hash. One that names nobody is good only as long as there is no administrator.

use deadpool_postgres::Transaction;
use serde_json::json;
use url::Url;

use super::{
    Accounts, Client, activity, has_own_accounts, passwords,
    secret::Secret,
    sessions::{Issued, Method},
    users::{self, NewUser, User, normal_email},
};
use crate::{
    db::Db,
    error::{Code, Error, Result},
};

/// The page of the console that takes such a link. What follows the `#` stays in the browser: no log of a proxy has it.
const PAGE: &str = "console/welcome";

const HAS_ADMIN: &str =
    "select exists (select from auth.users where raw_app_meta_data ->> 'role' = 'admin')";
/// Expired ones go whenever one is made.
const INSERT: &str = "
    with expired as (delete from private.admin_invitations where expires_at < now())
    insert into private.admin_invitations (token_hash, email, expires_at)
    values ($1, $2, now() + interval '1 day')";
const LOOK: &str = "select from private.admin_invitations
    where token_hash = $1 and expires_at > now() and (email is null or email = $2)";
const TAKE: &str = "delete from private.admin_invitations
    where token_hash = $1 and expires_at > now() and (email is null or email = $2) returning email";

/// A link for the first administrator; nothing where there is one already, or where another program keeps the accounts.
///
/// # Errors
/// UNAVAILABLE, INTERNAL.
pub async fn first_link(db: &Db, public_url: &Url) -> Result<Option<String>> {
    if !has_own_accounts(db).await? {
        return Ok(None);
    }
    let client = db.system().await?;
    if client.query_one(HAS_ADMIN, &[]).await?.get(0) {
        return Ok(None);
    }
    let token = Secret::random()?;
    let nobody: Option<&str> = None;
    let hash = hex::encode(token.digest());
    client.execute(INSERT, &[&hash, &nobody]).await?;
    Ok(Some(link(public_url, &token, None)))
}

/// A link for whoever has this address, with an account or without.
///
/// # Errors
/// BAD_USER_INPUT for a text that is no address, FORBIDDEN where another program keeps the accounts, UNAVAILABLE,
/// INTERNAL.
pub async fn link_for(db: &Db, public_url: &Url, email: &str) -> Result<String> {
    let email = normal_email(email)?;
    if !has_own_accounts(db).await? {
        return Err(Error::forbidden(
            "Another program keeps the accounts of this database: make the administrator there",
        ));
    }
    let token = Secret::random()?;
    let hash = hex::encode(token.digest());
    let client = db.system().await?;
    client.execute(INSERT, &[&hash, &email]).await?;
    Ok(link(public_url, &token, Some(&email)))
}

fn link(public_url: &Url, token: &Secret, email: Option<&str>) -> String {
    let mut values = url::form_urlencoded::Serializer::new(String::new());
    values.append_pair("token", token.expose());
    if let Some(email) = email {
        values.append_pair("email", email);
    }
    let base = public_url.as_str().trim_end_matches('/');
    format!("{base}/{PAGE}#{}", values.finish())
}

impl Accounts {
    /// Takes a link: the account of the address becomes an administrator with this password, or is made. Its other
    /// sessions end.
    ///
    /// # Errors
    /// UNAUTHENTICATED for a link that is wrong, used, expired or another's; BAD_USER_INPUT for the address or the
    /// password; FORBIDDEN for a suspended account; RATE_LIMITED.
    pub async fn become_administrator(
        &self,
        token: &Secret,
        email: &str,
        password: &Secret,
        from: &Client,
    ) -> Result<Issued> {
        let email = normal_email(email)?;
        self.count_attempt(None, from).await?;
        let token_hash = hex::encode(token.digest());
        // Before the work of hashing a password, which strangers must not cause.
        let found = self.db.system().await?;
        if found
            .query_opt(LOOK, &[&token_hash, &email])
            .await?
            .is_none()
        {
            return Err(invalid());
        }
        drop(found);
        passwords::check_strength(password, Some(&email))?;
        let password_hash = self.passwords.hash(password).await?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        take(&tx, &token_hash, &email).await?;
        let user = self.promote(&tx, &email, &password_hash).await?;
        let details = json!({"user": user.id, "role": "admin"});
        let id = user.id.to_string();
        activity::audit(
            &tx,
            Some(user.id),
            "admin_link_used",
            Some(&id),
            &details,
            from,
        )
        .await?;
        let session = self
            .start_session(&tx, &user, Method::Password, from)
            .await?;
        let of_session = from.in_session(session.session_id);
        let method = json!({"method": "admin_link"});
        self.log(&tx, user.id, "auth_login", method, &of_session)
            .await?;
        tx.commit().await?;
        Ok(session)
    }

    async fn promote(
        &self,
        tx: &Transaction<'_>,
        email: &str,
        password_hash: &str,
    ) -> Result<User> {
        let new = NewUser {
            email: Some(email),
            password_hash: Some(password_hash),
            confirmed: true,
            provider: "email",
            role: Some("admin"),
            ..NewUser::default()
        };
        if let Some(user) = users::insert(tx, new).await? {
            return Ok(user);
        }
        let user = users::by_email(tx, email).await?.ok_or_else(invalid)?;
        if user.is_banned() {
            return Err(users::banned());
        }
        // Whoever made the account may have been somebody else: nothing but the new password opens it from here on.
        users::forget_ways_in(tx, user.id).await?;
        let sql = format!(
            "update auth.users set encrypted_password = $2, email_confirmed_at = coalesce(email_confirmed_at, now()), \
               raw_app_meta_data = raw_app_meta_data || '{{\"role\": \"admin\"}}' \
             where id = $1 returning {}",
            users::COLUMNS
        );
        let row = tx.query_one(&sql, &[&user.id, &password_hash]).await?;
        Ok(User::from_row(&row))
    }
}

/// Uses the link up. Two that name nobody wait for each other, so that there is one first administrator.
async fn take(tx: &Transaction<'_>, token_hash: &str, email: &str) -> Result<()> {
    tx.batch_execute("lock table private.admin_invitations in exclusive mode")
        .await?;
    let row = tx
        .query_opt(TAKE, &[&token_hash, &email])
        .await?
        .ok_or_else(invalid)?;
    let names_nobody = row.get::<_, Option<String>>(0).is_none();
    if names_nobody && tx.query_one(HAS_ADMIN, &[]).await?.get(0) {
        return Err(invalid());
    }
    tx.execute(
        "delete from private.admin_invitations where email is null",
        &[],
    )
    .await?;
    Ok(())
}

fn invalid() -> Error {
    Error::new(
        Code::Unauthenticated,
        "This link was used, has expired or is for another address; `mindloom admin create EMAIL` makes another",
    )
}
