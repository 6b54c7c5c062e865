//! Links and invitations that administrators make: for mails of their own, or sent by this server.

use deadpool_postgres::Transaction;
use serde_json::{Map, Value};

use super::{
    Accounts, Client, WayBack,
    admin::no_user,
    passwords,
    secret::Secret,
    sign_in::check_metadata,
    users::{self, NewUser, User, normal_email},
    verification::Purpose,
};
use crate::{
    auth::Caller,
    error::{Error, Result},
};

/// A link that somebody wants.
pub struct LinkWanted {
    /// What it is for.
    pub purpose: Purpose,
    /// The account's address.
    pub email: String,
    /// The address that the account moves to, for [`Purpose::ChangeEmail`].
    pub new_email: Option<String>,
    /// The password of an account that is made by this.
    pub password: Option<Secret>,
    /// What is said about the owner of an account that is made by this.
    pub user_metadata: Map<String, Value>,
    /// Where it leads in the end.
    pub way_back: WayBack,
}

/// A link that nobody has got yet.
pub struct Link {
    /// Whose it is.
    pub user: User,
    /// What it is for: a magic link for an address without an account confirms that.
    pub purpose: Purpose,
    /// Its token.
    pub token: Secret,
    /// The digits that do the same.
    pub code: Secret,
    /// Where it leads in the end.
    pub redirect_to: Option<String>,
}

impl Accounts {
    /// Makes a link, and the account where there is none and the purpose allows that. Nothing is mailed.
    ///
    /// # Errors
    /// FORBIDDEN for anybody but administrators; BAD_USER_INPUT; NOT_FOUND for an address without an account; CONFLICT
    /// for one that has come already, or a new address that is taken.
    pub async fn admin_link(
        &self,
        caller: &Caller,
        wanted: LinkWanted,
        from: &Client,
    ) -> Result<Link> {
        let email = normal_email(&wanted.email)?;
        let new_email = wanted.new_email.as_deref().map(normal_email).transpose()?;
        check_metadata(&wanted.user_metadata)?;
        let way_back = self.check_way_back(wanted.way_back)?;
        let hash = match &wanted.password {
            Some(password) => {
                passwords::check_strength(password, Some(&email))?;
                Some(self.passwords.hash(password).await?)
            }
            None => None,
        };
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin(&tx, caller).await?;
        let present = users::by_email(&tx, &email).await?;
        let purpose = match (wanted.purpose, &present) {
            (Purpose::MagicLink, None) => Purpose::ConfirmEmail,
            (purpose, _) => purpose,
        };
        let user = match (purpose, present) {
            (Purpose::ConfirmEmail | Purpose::Invite, None) => {
                make(&tx, &email, hash.as_deref(), wanted.user_metadata).await?
            }
            (Purpose::ConfirmEmail | Purpose::Invite, Some(user))
                if user.email_confirmed_at.is_some() =>
            {
                return Err(users::address_taken());
            }
            (_, present) => present.ok_or_else(no_user)?,
        };
        let address = match (purpose, new_email) {
            (Purpose::ChangeEmail, Some(new_email)) => {
                if users::by_email(&tx, &new_email).await?.is_some() {
                    return Err(users::address_taken());
                }
                new_email
            }
            (Purpose::ChangeEmail, None) => {
                return Err(Error::bad_input("new_email is missing").with("field", "new_email"));
            }
            _ => email,
        };
        let fresh = self
            .issue_verification(&tx, user.id, &address, purpose, &way_back)
            .await?;
        self.log_admin(&tx, admin, "admin_link", &user, from)
            .await?;
        tx.commit().await?;
        Ok(Link {
            user,
            purpose,
            token: fresh.token,
            code: fresh.code,
            redirect_to: way_back.redirect_to,
        })
    }

    /// Makes an account and mails its owner an invitation; a second one replaces the first.
    ///
    /// # Errors
    /// FORBIDDEN for anybody but administrators; BAD_USER_INPUT; CONFLICT for an address that has come already.
    pub async fn admin_invite(
        &self,
        caller: &Caller,
        email: &str,
        user_metadata: Map<String, Value>,
        way_back: WayBack,
        from: &Client,
    ) -> Result<User> {
        let email = normal_email(email)?;
        check_metadata(&user_metadata)?;
        let way_back = self.check_way_back(way_back)?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let admin = self.require_admin(&tx, caller).await?;
        let user = match users::by_email(&tx, &email).await? {
            Some(user) if user.email_confirmed_at.is_some() => return Err(users::address_taken()),
            Some(user) => user,
            None => make(&tx, &email, None, user_metadata).await?,
        };
        self.mail_verification(&tx, user.id, &email, Purpose::Invite, &way_back)
            .await?;
        self.log_admin(&tx, admin, "admin_invite", &user, from)
            .await?;
        tx.commit().await?;
        Ok(user)
    }
}

async fn make(
    tx: &Transaction<'_>,
    email: &str,
    password_hash: Option<&str>,
    user_metadata: Map<String, Value>,
) -> Result<User> {
    let new = NewUser {
        email: Some(email),
        password_hash,
        user_metadata,
        provider: "email",
        ..NewUser::default()
    };
    users::insert(tx, new)
        .await?
        .ok_or_else(users::address_taken)
}
