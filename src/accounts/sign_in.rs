//! Ways in: sign-up, sign-in with a password, without any credential, and mails that let somebody in.

use deadpool_postgres::Transaction;
use serde_json::{Map, Value, json};

use super::{
    Accounts, Client, WayBack, limits,
    passwords::{self, Verdict},
    secret::Secret,
    sessions::{Issued, Method},
    users::{self, NewUser, User, normal_email},
    verification::Purpose,
};
use crate::error::{Error, Reason, Result};

/// What somebody signs up with.
pub struct SignUp {
    /// The address, as typed.
    pub email: String,
    /// The password.
    pub password: Secret,
    /// What they say about themselves.
    pub user_metadata: Map<String, Value>,
    /// Where the link in the mail leads in the end.
    pub way_back: WayBack,
}

/// What came of a sign-up.
pub enum SignedUp {
    /// The operator does without confirmations: the session.
    Session(Box<Issued>),
    /// A mail was sent that must be answered first. This is the account as it is from now on if the address had none;
    /// if it had one, nothing ever has this id.
    Pending(Box<User>),
}

impl Accounts {
    /// Makes an account and mails a confirmation. Only where the operator does without confirmations there is
    /// a session at once. An address that has an account gets a mail that says so; the answer is the same.
    ///
    /// # Errors
    /// BAD_USER_INPUT for a malformed address, a weak password or a redirect that is not allowed; FORBIDDEN
    /// where sign-ups are off; RATE_LIMITED; CONFLICT for a taken address, without confirmations only.
    pub async fn sign_up(&self, form: SignUp, from: &Client) -> Result<SignedUp> {
        if self.settings.sign_up_disabled {
            return Err(users::sign_up_disabled());
        }
        let email = normal_email(&form.email)?;
        check_metadata(&form.user_metadata)?;
        passwords::check_strength(&form.password, Some(&email))?;
        let way_back = self.check_way_back(form.way_back)?;
        self.count_attempt(None, from).await?;
        self.count_mail(&email, from).await?;
        let hash = self.passwords.hash(&form.password).await?;
        if self.settings.autoconfirm {
            let session = self
                .sign_up_at_once(&email, &hash, form.user_metadata, from)
                .await?;
            return Ok(SignedUp::Session(Box::new(session)));
        }
        let pending = User::pending(&email, form.user_metadata);
        let (accounts, from, user) = (self.clone(), from.clone(), pending.clone());
        self.in_background("sign-up", async move {
            accounts
                .sign_up_by_mail(&user, &form.password, &hash, &way_back, &from)
                .await
        });
        Ok(SignedUp::Pending(Box::new(pending)))
    }

    async fn sign_up_at_once(
        &self,
        email: &str,
        hash: &str,
        user_metadata: Map<String, Value>,
        from: &Client,
    ) -> Result<Issued> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let new = NewUser {
            email: Some(email),
            password_hash: Some(hash),
            confirmed: true,
            user_metadata,
            provider: "email",
            ..NewUser::default()
        };
        let user = users::insert(&tx, new)
            .await?
            .ok_or_else(users::address_taken)?;
        self.let_in_new(tx, &user, Method::Password, from).await
    }

    /// Ends the registration of somebody who is let in at once: a session, a record, and the commit.
    async fn let_in_new(
        &self,
        tx: Transaction<'_>,
        user: &User,
        method: Method,
        from: &Client,
    ) -> Result<Issued> {
        let session = self.start_session(&tx, user, method, from).await?;
        let details = json!({"method": method.as_str()});
        let from = &from.in_session(session.session_id);
        self.log(&tx, user.id, "auth_register", details, from)
            .await?;
        tx.commit().await?;
        Ok(session)
    }

    async fn sign_up_by_mail(
        &self,
        pending: &User,
        password: &Secret,
        hash: &str,
        way_back: &WayBack,
        from: &Client,
    ) -> Result<()> {
        let email = pending.email.as_deref().unwrap_or_default();
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let new = NewUser {
            id: Some(pending.id),
            email: Some(email),
            password_hash: Some(hash),
            user_metadata: pending
                .user_metadata
                .as_object()
                .cloned()
                .unwrap_or_default(),
            provider: "email",
            ..NewUser::default()
        };
        let Some(user) = users::insert(&tx, new).await? else {
            drop(tx);
            drop(client);
            return self.sign_up_again(email, password, way_back).await;
        };
        let details = json!({"method": "password"});
        self.log(&tx, user.id, "auth_register", details, from)
            .await?;
        self.mail_verification(&tx, user.id, email, Purpose::ConfirmEmail, way_back)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// An address that has an account gets a mail that says so. One that was never confirmed gets the confirmation
    /// again, for the first mail may be lost. If that sign-up had another password, one of the two may have been a
    /// stranger's, and nobody can tell which: then neither password is good, and whoever confirms sets a new one.
    async fn sign_up_again(
        &self,
        email: &str,
        password: &Secret,
        way_back: &WayBack,
    ) -> Result<()> {
        let stored = self.stored_hash(email).await?;
        let verdict = self.passwords.verify(password, stored.clone()).await?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        match users::by_email(&tx, email).await? {
            Some(user) if user.email_confirmed_at.is_none() => {
                if verdict == Verdict::Differs || user.encrypted_password != stored {
                    tx.execute(
                        "update auth.users set encrypted_password = null, raw_user_meta_data = '{}' where id = $1",
                        &[&user.id],
                    )
                    .await?;
                }
                self.mail_verification(&tx, user.id, email, Purpose::ConfirmEmail, way_back)
                    .await?;
            }
            _ => self.mail_existing_account(&tx, email).await?,
        }
        tx.commit().await?;
        Ok(())
    }

    /// Signs in with a password.
    ///
    /// # Errors
    /// UNAUTHENTICATED for a wrong address, a wrong password and an account without one alike; FORBIDDEN, to
    /// whoever knows the password, for an unconfirmed address or a suspended account; RATE_LIMITED;
    /// UNAVAILABLE when too many sign in at once.
    pub async fn sign_in(&self, email: &str, password: &Secret, from: &Client) -> Result<Issued> {
        let email = normal_email(email)?;
        self.count_guess(&email, from).await?;
        let stored = self.stored_hash(&email).await?;
        // No connection is held while the hash is computed.
        let verdict = self.passwords.verify(password, stored.clone()).await?;
        let Verdict::Matches { rehash } = verdict else {
            self.log_failed_sign_in(email, from);
            return Err(users::wrong_credentials());
        };
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let user = users::by_email(&tx, &email)
            .await?
            .ok_or_else(users::wrong_credentials)?;
        // The password was changed while this one was checked.
        if user.encrypted_password != stored {
            return Err(users::wrong_credentials());
        }
        if user.email_confirmed_at.is_none() {
            return Err(Error::forbidden(
                "Confirm your address first: follow the link in the mail you got",
            )
            .because(Reason::EmailNotConfirmed));
        }
        if user.is_banned() {
            return Err(users::banned());
        }
        if let Some(hash) = rehash {
            tx.execute(
                "update auth.users set encrypted_password = $2 where id = $1",
                &[&user.id, &hash],
            )
            .await?;
        }
        let session = self
            .start_session(&tx, &user, Method::Password, from)
            .await?;
        self.log(
            &tx,
            user.id,
            "auth_login",
            json!({"method": "password"}),
            &from.in_session(session.session_id),
        )
        .await?;
        tx.commit().await?;
        drop(client);
        self.forget_guesses(&email, from).await?;
        Ok(session)
    }

    async fn stored_hash(&self, email: &str) -> Result<Option<String>> {
        let client = self.connection().await?;
        let statement = client
            .prepare_cached("select encrypted_password from auth.users where email = $1")
            .await?;
        let row = client.query_opt(&statement, &[&email]).await?;
        Ok(row.and_then(|row| row.get(0)))
    }

    /// After the answer, whose time must not tell that there was something to record.
    fn log_failed_sign_in(&self, email: String, from: &Client) {
        let (accounts, from) = (self.clone(), from.clone());
        self.in_background("record of a failed sign-in", async move {
            let mut client = accounts.connection().await?;
            let tx = super::begin(&mut client).await?;
            if let Some(user) = users::by_email(&tx, &email).await? {
                accounts
                    .log_failure(
                        &tx,
                        user.id,
                        "auth_login",
                        json!({"method": "password"}),
                        &from,
                    )
                    .await?;
            }
            Ok(tx.commit().await?)
        });
    }

    /// Signs in without any credential: an account that lasts as long as its session, unless it is made
    /// permanent by `updateAccount` or by linking a provider.
    ///
    /// # Errors
    /// FORBIDDEN where this is off; BAD_USER_INPUT for too much metadata; RATE_LIMITED.
    pub async fn sign_in_anonymously(
        &self,
        user_metadata: Map<String, Value>,
        from: &Client,
    ) -> Result<Issued> {
        if self.settings.anonymous_disabled {
            return Err(
                Error::forbidden("Sign-ins without a credential are not allowed here")
                    .because(Reason::AnonymousDisabled),
            );
        }
        check_metadata(&user_metadata)?;
        self.count_attempt(None, from).await?;
        let mut client = self.connection().await?;
        limits::count(
            &client,
            self.limits.anonymous_per_address,
            limits::Subject::Address(from.ip),
        )
        .await?;
        let tx = super::begin(&mut client).await?;
        let new = NewUser {
            user_metadata,
            provider: "anonymous",
            ..NewUser::default()
        };
        let user = users::insert(&tx, new)
            .await?
            .ok_or_else(|| Error::internal("an account without address exists"))?;
        self.let_in_new(tx, &user, Method::Anonymous, from).await
    }

    /// Mails a link and code that let in whoever reads the address's mail. For a magic link an account is
    /// made when there is none, if `create` says what its owner says about themselves; otherwise nothing is mailed to
    /// a stranger. The answer is always the same.
    ///
    /// # Errors
    /// BAD_USER_INPUT for a malformed address or a redirect that is not allowed; RATE_LIMITED.
    pub async fn request_mail(
        &self,
        purpose: Purpose,
        email: &str,
        create: Option<Map<String, Value>>,
        way_back: WayBack,
        from: &Client,
    ) -> Result<()> {
        let email = normal_email(email)?;
        if let Some(user_metadata) = &create {
            check_metadata(user_metadata)?;
        }
        let way_back = self.check_way_back(way_back)?;
        self.count_mail(&email, from).await?;
        let (accounts, from) = (self.clone(), from.clone());
        self.in_background("mail", async move {
            accounts
                .send_requested_mail(purpose, &email, create, &way_back, &from)
                .await
        });
        Ok(())
    }

    async fn send_requested_mail(
        &self,
        purpose: Purpose,
        email: &str,
        create: Option<Map<String, Value>>,
        way_back: &WayBack,
        from: &Client,
    ) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let mut user = users::by_email(&tx, email).await?;
        if user.is_none()
            && let Some(user_metadata) = create
            && purpose == Purpose::MagicLink
            && !self.settings.sign_up_disabled
        {
            let new = NewUser {
                email: Some(email),
                provider: "email",
                user_metadata,
                ..NewUser::default()
            };
            user = users::insert(&tx, new).await?;
            if let Some(user) = &user {
                self.log(
                    &tx,
                    user.id,
                    "auth_register",
                    json!({"method": "magic_link"}),
                    from,
                )
                .await?;
            }
        }
        let wanted = |user: &User| match purpose {
            Purpose::ConfirmEmail => user.email_confirmed_at.is_none(),
            _ => true,
        };
        if let Some(user) = user.filter(|user| wanted(user) && !user.is_banned()) {
            self.mail_verification(&tx, user.id, email, purpose, way_back)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Metadata travels in every access token, which must fit into a request's headers.
pub(super) fn check_metadata(metadata: &Map<String, Value>) -> Result<()> {
    const SIZE_MAX_BYTES: usize = 4 << 10;
    let text = serde_json::to_string(metadata).map_err(Error::internal)?;
    if text.contains("\\u0000") {
        return Err(
            Error::bad_input("userMetadata must not contain the character U+0000")
                .with("field", "userMetadata"),
        );
    }
    if text.len() <= SIZE_MAX_BYTES {
        return Ok(());
    }
    Err(
        Error::bad_input("userMetadata may have at most 4 KiB: it travels in every access token")
            .with("field", "userMetadata"),
    )
}
