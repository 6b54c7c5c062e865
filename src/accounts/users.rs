//! Accounts as they are stored in `auth.users`, and as their owners see them.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use serde_json::{Map, Value, json};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::{Code, Error, Reason, Result};

/// The columns that [`User::from_row`] reads, to follow `select` or `returning`.
pub(super) const COLUMNS: &str = "id, email, encrypted_password, email_confirmed_at, raw_user_meta_data, \
     raw_app_meta_data, is_anonymous, banned_until, last_sign_in_at, created_at, updated_at";

/// An account.
#[derive(Clone)]
pub struct User {
    /// The `sub` of its tokens.
    pub id: Uuid,
    /// The address, in lower case.
    pub email: Option<String>,
    /// The hash; never leaves this module's neighbours.
    pub(super) encrypted_password: Option<String>,
    /// When the address was proved.
    pub email_confirmed_at: Option<DateTime<Utc>>,
    /// What the owner says about themselves.
    pub user_metadata: Value,
    /// What the server says about the account.
    pub app_metadata: Value,
    /// Made without any credential.
    pub is_anonymous: bool,
    /// Until when it may not sign in.
    pub banned_until: Option<DateTime<Utc>>,
    /// The latest sign-in.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a new account starts with.
#[derive(Default)]
pub(super) struct NewUser<'a> {
    /// The key; a new one unless stated.
    pub id: Option<Uuid>,
    pub email: Option<&'a str>,
    pub password_hash: Option<&'a str>,
    pub confirmed: bool,
    pub user_metadata: Map<String, Value>,
    /// `email`, `anonymous`, or an OAuth provider's name.
    pub provider: &'a str,
    pub role: Option<&'a str>,
}

impl User {
    pub(super) fn from_row(row: &Row) -> Self {
        User {
            id: row.get("id"),
            email: row.get("email"),
            encrypted_password: row.get("encrypted_password"),
            email_confirmed_at: row.get("email_confirmed_at"),
            user_metadata: row.get("raw_user_meta_data"),
            app_metadata: row.get("raw_app_meta_data"),
            is_anonymous: row.get("is_anonymous"),
            banned_until: row.get("banned_until"),
            last_sign_in_at: row.get("last_sign_in_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// An account that is to be made for an address that is not confirmed yet.
    pub(super) fn pending(email: &str, user_metadata: Map<String, Value>) -> Self {
        let now = Utc::now();
        User {
            id: Uuid::now_v7(),
            email: Some(email.to_owned()),
            encrypted_password: None,
            email_confirmed_at: None,
            user_metadata: Value::Object(user_metadata),
            app_metadata: providers("email"),
            is_anonymous: false,
            banned_until: None,
            last_sign_in_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether it may not sign in at this moment.
    pub fn is_banned(&self) -> bool {
        self.banned_until.is_some_and(|until| until > Utc::now())
    }

    /// Whether the server made it an administrator.
    pub fn is_admin(&self) -> bool {
        self.app_metadata
            .get("role")
            .is_some_and(|role| role == "admin")
    }

    /// The account as its owner reads it: `AuthUser` of the schema, without the fields that take a query.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "email": self.email,
            "emailConfirmedAt": self.email_confirmed_at,
            "userMetadata": self.user_metadata,
            "appMetadata": self.app_metadata,
            "isAnonymous": self.is_anonymous,
            "bannedUntil": self.banned_until,
            "lastSignInAt": self.last_sign_in_at,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
        })
    }
}

/// Locks and reads an account by its id.
pub(super) async fn by_id(tx: &Transaction<'_>, id: Uuid) -> Result<Option<User>> {
    let sql = format!("select {COLUMNS} from auth.users where id = $1 for no key update");
    one(tx, &sql, &id).await
}

/// Locks and reads an account by its address, which is in lower case.
pub(super) async fn by_email(tx: &Transaction<'_>, email: &str) -> Result<Option<User>> {
    let sql = format!("select {COLUMNS} from auth.users where email = $1 for no key update");
    one(tx, &sql, &email).await
}

async fn one(
    tx: &Transaction<'_>,
    sql: &str,
    key: &(dyn tokio_postgres::types::ToSql + Sync),
) -> Result<Option<User>> {
    let statement = tx.prepare_cached(sql).await?;
    Ok(tx
        .query_opt(&statement, &[key])
        .await?
        .as_ref()
        .map(User::from_row))
}

/// Makes an account; nothing when its address has one already.
pub(super) async fn insert(tx: &Transaction<'_>, new: NewUser<'_>) -> Result<Option<User>> {
    let sql = format!(
        "insert into auth.users (id, email, encrypted_password, email_confirmed_at, raw_user_meta_data, \
           raw_app_meta_data, is_anonymous) \
         values ($7, $1, $2, case when $3 then now() end, $4, $5, $6) \
         on conflict (email) do nothing returning {COLUMNS}"
    );
    let mut app_metadata = providers(new.provider);
    if let Some(role) = new.role {
        app_metadata["role"] = json!(role);
    }
    let user_metadata = Value::Object(new.user_metadata);
    let anonymous = new.provider == "anonymous";
    tx.query_opt(
        &sql,
        &[
            &new.email,
            &new.password_hash,
            &new.confirmed,
            &user_metadata,
            &app_metadata,
            &anonymous,
            &new.id.unwrap_or_else(Uuid::now_v7),
        ],
    )
    .await
    .map(|row| row.as_ref().map(User::from_row))
    .map_err(metadata_too_large)
}

/// `app_metadata` of an account that one provider knows.
fn providers(provider: &str) -> Value {
    json!({"provider": provider, "providers": [provider]})
}

/// Constraints of `auth.users` that a client's metadata can violate become sentences.
pub(super) fn metadata_too_large(error: tokio_postgres::Error) -> Error {
    match error.as_db_error().and_then(|error| error.constraint()) {
        Some("users_raw_user_meta_data_size") => {
            Error::bad_input("userMetadata may have at most 64 KiB").with("field", "userMetadata")
        }
        _ => error.into(),
    }
}

/// Adds a provider to the list of those that an account signs in with.
pub(super) async fn add_provider(tx: &Transaction<'_>, id: Uuid, provider: &str) -> Result<User> {
    let sql = format!(
        "update auth.users set raw_app_meta_data = raw_app_meta_data || jsonb_build_object('providers', \
           coalesce(raw_app_meta_data -> 'providers', '[]') - $2 || jsonb_build_array($2)) \
         where id = $1 returning {COLUMNS}"
    );
    let row = tx.query_one(&sql, &[&id, &provider]).await?;
    Ok(User::from_row(&row))
}

/// Takes providers whose identities were removed off the list of those that an account signs in with, unless another
/// identity at them is left. Where nothing is left, the address of the account lets its owner in.
pub(super) async fn remove_providers(
    tx: &Transaction<'_>,
    id: Uuid,
    providers: &[String],
) -> Result<()> {
    tx.execute(
        "with gone as ( \
           select array(select unnest($2::text[]) except select provider from auth.accounts where user_id = $1) as names \
         ), kept as ( \
           select names, coalesce( \
             nullif(coalesce(raw_app_meta_data -> 'providers', '[]') - names, '[]'), '[\"email\"]') as providers \
           from auth.users, gone where id = $1 and cardinality(names) > 0 \
         ) \
         update auth.users set raw_app_meta_data = raw_app_meta_data \
           || jsonb_build_object('providers', kept.providers) \
           || case when raw_app_meta_data ->> 'provider' = any(names) \
                then jsonb_build_object('provider', kept.providers -> 0) else '{}' end \
         from kept where id = $1",
        &[&id, &providers],
    )
    .await?;
    Ok(())
}

/// The longest path of SMTP's, less its angle brackets.
const EMAIL_MAX_BYTES: usize = 254;

/// The address in the form in which it identifies an account.
///
/// # Errors
/// BAD_USER_INPUT when it is no mail address.
pub fn normal_email(text: &str) -> Result<String> {
    let email = text.trim().to_lowercase();
    // A quoted local part may hold blanks and an @; nobody has such an address, and the table does not take it.
    let plain = |character: char| !character.is_whitespace() && !character.is_control();
    let valid = email.len() <= EMAIL_MAX_BYTES
        && email.chars().all(plain)
        && email.matches('@').count() == 1
        && email.parse::<lettre::Address>().is_ok();
    if valid {
        Ok(email)
    } else {
        Err(Error::bad_input("This is not an email address")
            .with("field", "email")
            .because(Reason::AddressInvalid))
    }
}

/// The one answer to a wrong address, a wrong password and an account without one.
pub(super) fn wrong_credentials() -> Error {
    Error::new(
        Code::Unauthenticated,
        "The email address or the password is wrong",
    )
    .because(Reason::WrongCredentials)
}

/// What whoever makes an account is told where only administrators may.
pub(super) fn sign_up_disabled() -> Error {
    Error::forbidden("New accounts are made by administrators only").because(Reason::SignUpDisabled)
}

/// What is told to those who may know which addresses have accounts.
pub(super) fn address_taken() -> Error {
    Error::new(Code::Conflict, "This address has an account already")
        .with("field", "email")
        .because(Reason::AddressTaken)
}

/// What an account that may not sign in is told, once it has shown that it is itself.
pub(super) fn banned() -> Error {
    Error::forbidden("This account is suspended").because(Reason::Banned)
}

/// Ends everything but a password by which somebody may be signed in, or sign in, to an account.
pub(super) async fn forget_ways_in(tx: &Transaction<'_>, user: Uuid) -> Result<()> {
    const TABLES: [&str; 5] = [
        "sessions",
        "passkeys",
        "personal_access_tokens",
        "mfa_factors",
        "mfa_recovery_codes",
    ];
    for table in TABLES {
        let sql = format!("delete from auth.{table} where user_id = $1");
        tx.execute(&sql, &[&user]).await?;
    }
    let sql = "delete from auth.accounts where user_id = $1 returning provider";
    let identities = tx.query(sql, &[&user]).await?;
    let providers: Vec<String> = identities.iter().map(|row| row.get(0)).collect();
    remove_providers(tx, user, &providers).await
}
