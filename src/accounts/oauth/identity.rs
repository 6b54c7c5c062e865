//! Whose account an identity at a provider is.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use serde_json::{Map, Value, json};
use tokio_postgres::Row;
use uuid::Uuid;

use super::flow::{Began, Returned};
use crate::{
    accounts::{
        Accounts, Client, Issued, Method, User,
        users::{self, NewUser, normal_email},
    },
    auth::Caller,
    error::{Code, Error, Reason, Result},
};

/// A provider that an account is linked to, as its owner sees it.
pub struct IdentityInfo {
    /// The key, for `unlinkIdentity`.
    pub id: Uuid,
    /// The provider's name.
    pub provider: String,
    /// Who it is, in the provider's words.
    pub account_id: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl IdentityInfo {
    pub(in crate::accounts) fn from_row(row: &Row) -> Self {
        IdentityInfo {
            id: row.get("id"),
            provider: row.get("provider"),
            account_id: row.get("provider_account_id"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// `Identity` of the schema.
    pub fn to_json(&self) -> Value {
        json!({"id": self.id, "provider": self.provider, "createdAt": self.created_at})
    }
}

impl Accounts {
    /// Signs in whoever an identity belongs to: the account linked to it; else the account of its address,
    /// if the provider vouches for the address; else a new account.
    pub(super) async fn sign_in_identity(
        &self,
        tx: &Transaction<'_>,
        returned: &Returned,
        from: &Client,
    ) -> Result<Issued> {
        let user = match linked_user(tx, returned).await? {
            Some(user) => user,
            None => self.adopt_identity(tx, returned, from).await?,
        };
        if user.is_banned() {
            return Err(users::banned());
        }
        let session = self.start_session(tx, &user, Method::OAuth, from).await?;
        self.log(
            tx,
            user.id,
            "auth_login",
            json!({"method": returned.provider}),
            &from.in_session(session.session_id),
        )
        .await?;
        Ok(session)
    }

    async fn adopt_identity(
        &self,
        tx: &Transaction<'_>,
        returned: &Returned,
        from: &Client,
    ) -> Result<User> {
        // An address that the provider does not vouch for may be anybody's: the account starts without.
        let email = returned.vouched_email();
        let present = match &email {
            Some(email) => users::by_email(tx, email).await?,
            None => None,
        };
        let user = match present {
            Some(user) if user.email_confirmed_at.is_some() => user,
            Some(user) => take_over(tx, &user).await?,
            None => self.register(tx, returned, email.as_deref(), from).await?,
        };
        insert_identity(tx, user.id, returned).await?;
        users::add_provider(tx, user.id, &returned.provider).await
    }

    async fn register(
        &self,
        tx: &Transaction<'_>,
        returned: &Returned,
        email: Option<&str>,
        from: &Client,
    ) -> Result<User> {
        if self.settings.sign_up_disabled {
            return Err(users::sign_up_disabled());
        }
        let new = NewUser {
            email,
            confirmed: email.is_some(),
            user_metadata: returned.known_profile(),
            provider: &returned.provider,
            ..NewUser::default()
        };
        let raced = || {
            Error::new(
                Code::Conflict,
                "This account is being made elsewhere; try again",
            )
        };
        let user = users::insert(tx, new).await?.ok_or_else(raced)?;
        self.log(
            tx,
            user.id,
            "auth_register",
            json!({"method": returned.provider}),
            from,
        )
        .await?;
        Ok(user)
    }

    /// Links an identity to the account that asked for it, which an anonymous account survives as a permanent one.
    pub(super) async fn link_identity(
        &self,
        tx: &Transaction<'_>,
        began: Began,
        returned: &Returned,
        from: &Client,
    ) -> Result<Issued> {
        let (user, session) = self.current_of(tx, began.user, began.session).await?;
        if linked_user(tx, returned)
            .await?
            .is_some_and(|owner| owner.id != user.id)
        {
            return Err(
                Error::new(Code::Conflict, "This identity belongs to another account")
                    .because(Reason::IdentityTaken),
            );
        }
        insert_identity(tx, user.id, returned).await?;
        let mut user = users::add_provider(tx, user.id, &returned.provider).await?;
        if user.is_anonymous {
            user = make_permanent(tx, user, returned).await?;
        }
        self.log(
            tx,
            user.id,
            "auth_identity_link",
            json!({"provider": returned.provider}),
            from,
        )
        .await?;
        self.reissue(tx, user, &session).await
    }

    /// The caller's identities at providers, the oldest first.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in.
    pub async fn identities(&self, caller: &Caller) -> Result<Vec<IdentityInfo>> {
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let (user, _) = self.current(&tx, caller).await?;
        drop(tx);
        drop(client);
        Ok(self.details_of(user.id).await?.identities)
    }

    /// Removes the link to a provider.
    ///
    /// # Errors
    /// UNAUTHENTICATED; NOT_FOUND; FORBIDDEN without the second factor, or when nothing else would let the
    /// owner in.
    pub async fn unlink_identity(
        &self,
        caller: &Caller,
        identity: Uuid,
        from: &Client,
    ) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = crate::accounts::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        let provider: String = tx
            .query_opt(
                "delete from auth.accounts where id = $1 and user_id = $2 returning provider",
                &[&identity, &user.id],
            )
            .await?
            .ok_or_else(|| {
                Error::new(Code::NotFound, "You have no such identity")
                    .because(Reason::IdentityUnknown)
            })?
            .get(0);
        let others: i64 = tx
            .query_one(
                "select count(*) from auth.accounts where user_id = $1",
                &[&user.id],
            )
            .await?
            .get(0);
        // With a proved address a mail lets the owner in.
        if others == 0 && user.email_confirmed_at.is_none() {
            return Err(
                Error::forbidden("Nothing else lets you in: add an email address first")
                    .because(Reason::LastWayIn),
            );
        }
        users::remove_providers(&tx, user.id, std::slice::from_ref(&provider)).await?;
        self.log(
            &tx,
            user.id,
            "auth_identity_unlink",
            json!({"provider": provider}),
            from,
        )
        .await?;
        Ok(tx.commit().await?)
    }
}

impl Returned {
    fn vouched_email(&self) -> Option<String> {
        let email = self
            .identity
            .email
            .as_deref()
            .filter(|_| self.identity.email_verified)?;
        normal_email(email).ok()
    }

    /// What the provider said, cut to what fits into tokens.
    fn known_profile(&self) -> Map<String, Value> {
        let mut known = self
            .identity
            .profile
            .as_object()
            .cloned()
            .unwrap_or_default();
        known.retain(|_, value| value.as_str().is_some_and(|text| text.len() <= 1_000));
        known
    }
}

async fn linked_user(tx: &Transaction<'_>, returned: &Returned) -> Result<Option<User>> {
    let row = tx
        .query_opt(
            "select user_id from auth.accounts where provider = $1 and provider_account_id = $2",
            &[&returned.provider, &returned.identity.account_id],
        )
        .await?;
    match row {
        Some(row) => users::by_id(tx, row.get(0)).await,
        None => Ok(None),
    }
}

/// Tokens of providers are not kept: nothing here calls a provider later.
async fn insert_identity(tx: &Transaction<'_>, user: Uuid, returned: &Returned) -> Result<()> {
    let kind = if returned.provider == "github" {
        "oauth"
    } else {
        "oidc"
    };
    tx.execute(
        "insert into auth.accounts (user_id, type, provider, provider_account_id) values ($1, $2, $3, $4) \
         on conflict (provider, provider_account_id) do nothing",
        &[&user, &kind, &returned.provider, &returned.identity.account_id],
    )
    .await?;
    Ok(())
}

/// Nobody has proved the address of this account before: its password and sessions may be a stranger's, who
/// waited for the owner to come.
async fn take_over(tx: &Transaction<'_>, user: &User) -> Result<User> {
    tx.execute("delete from auth.sessions where user_id = $1", &[&user.id])
        .await?;
    let sql = format!(
        "update auth.users set email_confirmed_at = now(), encrypted_password = null where id = $1 returning {}",
        users::COLUMNS
    );
    let row = tx.query_one(&sql, &[&user.id]).await?;
    Ok(User::from_row(&row))
}

/// The account gets the identity's address unless that has an account of its own.
async fn make_permanent(tx: &Transaction<'_>, user: User, returned: &Returned) -> Result<User> {
    let sql = format!(
        "update auth.users u set is_anonymous = false, email = free.email, \
           email_confirmed_at = case when free.email is not null then now() end, \
           raw_app_meta_data = jsonb_set(raw_app_meta_data, '{{provider}}', to_jsonb($3::text)), \
           raw_user_meta_data = $4 || raw_user_meta_data \
         from (select (select $2::text where not exists (select from auth.users where email = $2)) as email) free \
         where u.id = $1 returning {}",
        users::COLUMNS
            .split(", ")
            .map(|column| format!("u.{}", column.trim()))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let profile = Value::Object(returned.known_profile());
    let row = tx
        .query_one(
            &sql,
            &[
                &user.id,
                &returned.vouched_email(),
                &returned.provider,
                &profile,
            ],
        )
        .await?;
    Ok(User::from_row(&row))
}
