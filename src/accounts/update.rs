//! Changes that people make to their own account.

use chrono::TimeDelta;
use deadpool_postgres::Transaction;
use serde_json::{Map, Value, json};

use super::{
    Accounts, Client, WayBack,
    passwords::{self, Verdict},
    secret::Secret,
    sessions::{Method, SessionRow},
    sign_in::check_metadata,
    users::{self, User, normal_email},
    verification::Purpose,
};
use crate::{
    auth::Caller,
    error::{Code, Error, Reason, Result},
};

/// How recent a sign-in without a password must be to count as showing oneself anew.
const RECENT: TimeDelta = TimeDelta::minutes(10);

/// What to change; what is absent stays.
#[derive(Default)]
pub struct UserChange {
    /// The new address; it takes effect when the link or code mailed to it is used.
    pub email: Option<String>,
    /// The new password; other sessions end.
    pub password: Option<Secret>,
    /// Fields of the metadata to set; `null` removes one.
    pub user_metadata: Option<Map<String, Value>>,
    /// Where the link in the mail leads in the end.
    pub way_back: WayBack,
    /// How the caller shows themselves anew.
    pub proof: Reauthentication,
}

/// How a caller shows anew that the account is theirs: one of the two, or a recent sign-in where there is no
/// password.
#[derive(Default)]
pub struct Reauthentication {
    /// The present password.
    pub password: Option<Secret>,
    /// The code that `requestReauthentication` mailed.
    pub code: Option<Secret>,
}

impl Accounts {
    /// Changes the caller's account and returns it. An address takes effect later; see [`UserChange`].
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in; FORBIDDEN without reauthentication or, where the account has
    /// a second factor, without it; BAD_USER_INPUT; RATE_LIMITED.
    pub async fn update_user(
        &self,
        caller: &Caller,
        change: UserChange,
        from: &Client,
    ) -> Result<User> {
        let email = change.email.as_deref().map(normal_email).transpose()?;
        let way_back = self.check_way_back(change.way_back)?;
        if let Some(metadata) = &change.user_metadata {
            check_metadata(metadata)?;
        }
        if email.is_some() || change.password.is_some() {
            self.reauthenticate(caller, &change.proof, from).await?;
        }
        if let Some(email) = &email {
            self.count_mail(email, from).await?;
        }
        let hash = match &change.password {
            Some(password) => {
                let own = self.me(caller).await?.and_then(|user| user.email);
                passwords::check_strength(password, email.as_deref().or(own.as_deref()))?;
                Some(self.passwords.hash(password).await?)
            }
            None => None,
        };
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (mut user, session) = self.current(&tx, caller).await?;
        if let Some(metadata) = change.user_metadata {
            user = merge_metadata(&tx, &user, metadata).await?;
        }
        if let Some(hash) = hash {
            user = set_password(&tx, &user, &session, &hash).await?;
            self.log(&tx, user.id, "auth_password_change", json!({}), from)
                .await?;
        }
        if let Some(email) = email.filter(|email| user.email.as_ref() != Some(email)) {
            self.begin_email_change(&tx, &user, &email, &way_back, from)
                .await?;
        }
        tx.commit().await?;
        Ok(user)
    }

    async fn begin_email_change(
        &self,
        tx: &Transaction<'_>,
        user: &User,
        email: &str,
        way_back: &WayBack,
        from: &Client,
    ) -> Result<()> {
        let taken = tx
            .query_opt("select from auth.users where email = $1", &[&email])
            .await?
            .is_some();
        if taken {
            // The caller is told nothing; the address's owner is.
            self.mail_existing_account(tx, email).await?;
        } else {
            self.mail_verification(tx, user.id, email, Purpose::ChangeEmail, way_back)
                .await?;
        }
        if let Some(present) = &user.email {
            self.mail_address_change(tx, present).await?;
        }
        self.log(tx, user.id, "auth_email_change_request", json!({}), from)
            .await
    }

    /// Mails the confirmation of the address that some account moves to again. The answer is the same if none does.
    ///
    /// # Errors
    /// BAD_USER_INPUT for a malformed address or a redirect that is not allowed; RATE_LIMITED.
    pub async fn resend_email_change(
        &self,
        email: &str,
        way_back: WayBack,
        from: &Client,
    ) -> Result<()> {
        let email = normal_email(email)?;
        let way_back = self.check_way_back(way_back)?;
        self.count_mail(&email, from).await?;
        let accounts = self.clone();
        self.in_background("mail", async move {
            let mut client = accounts.connection().await?;
            let tx = super::begin(&mut client).await?;
            let moving = "select user_id from auth.verification_tokens \
                 where identifier = $1 and purpose = 'change_email' and expires > now() and user_id is not null \
                 order by created_at desc limit 1";
            if let Some(row) = tx.query_opt(moving, &[&email]).await? {
                accounts
                    .mail_verification(&tx, row.get(0), &email, Purpose::ChangeEmail, &way_back)
                    .await?;
            }
            Ok(tx.commit().await?)
        });
        Ok(())
    }

    /// Mails the caller a code that stands in for the password.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in, BAD_USER_INPUT when the account has no address, RATE_LIMITED.
    pub async fn request_reauthentication(&self, caller: &Caller, from: &Client) -> Result<()> {
        let no_address =
            || Error::bad_input("This account has no address that a code could be sent to");
        let user = self
            .me(caller)
            .await?
            .ok_or_else(|| Error::new(Code::Unauthenticated, "Sign in to do this"))?;
        let email = user.email.ok_or_else(no_address)?;
        self.count_mail(&email, from).await?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        self.mail_verification(
            &tx,
            user.id,
            &email,
            Purpose::Reauthenticate,
            &WayBack::default(),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes sure that the caller is the account's owner and not merely somebody at their screen.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in or the proof is wrong; FORBIDDEN when there is none, or the
    /// second factor is missing; RATE_LIMITED.
    pub(super) async fn reauthenticate(
        &self,
        caller: &Caller,
        proof: &Reauthentication,
        from: &Client,
    ) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        let account = user.id.to_string();
        match (&proof.password, &proof.code) {
            (Some(password), _) => {
                drop(tx);
                drop(client);
                self.count_attempt(Some(&account), from).await?;
                let stored = user.encrypted_password;
                if matches!(
                    self.passwords.verify(password, stored).await?,
                    Verdict::Differs
                ) {
                    return Err(Error::new(Code::Unauthenticated, "The password is wrong")
                        .because(Reason::PasswordWrong));
                }
            }
            (None, Some(code)) => {
                drop(tx);
                drop(client);
                self.count_attempt(Some(&account), from).await?;
                let mut client = self.connection().await?;
                let tx = super::begin(&mut client).await?;
                let right = self.use_reauthentication(&tx, &user, code).await?;
                tx.commit().await?;
                if !right {
                    return Err(super::verification::invalid());
                }
            }
            (None, None) => return without_proof(&user, &session),
        }
        self.forget_attempts(&account).await
    }

    /// Deletes the caller's account with everything that belongs to it.
    ///
    /// # Errors
    /// As [`Accounts::update_user`].
    pub async fn delete_account(
        &self,
        caller: &Caller,
        proof: &Reauthentication,
        from: &Client,
    ) -> Result<()> {
        self.reauthenticate(caller, proof, from).await?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, _) = self.current(&tx, caller).await?;
        tx.execute("delete from auth.users where id = $1", &[&user.id])
            .await?;
        tx.commit().await?;
        tracing::info!(user = %user.id, "an account was deleted by its owner");
        Ok(())
    }
}

/// Who just came in by mail has shown enough: they may have forgotten the password. Where there is no
/// password, a recent sign-in of any kind is.
fn without_proof(user: &User, session: &SessionRow) -> Result<()> {
    let by_mail = session.showed(&[Method::Recovery, Method::Otp], RECENT);
    let recent = [
        Method::OAuth,
        Method::Passkey,
        Method::Password,
        Method::Totp,
        Method::Webauthn,
        Method::RecoveryCode,
    ];
    let suffices = by_mail
        || user.is_anonymous
        || (user.encrypted_password.is_none() && session.showed(&recent, RECENT));
    if suffices {
        return Ok(());
    }
    Err(Error::forbidden(
        "Show that it is you: send the present password, or a code from requestReauthentication",
    )
    .because(Reason::ReauthenticationNeeded))
}

async fn merge_metadata(
    tx: &Transaction<'_>,
    user: &User,
    change: Map<String, Value>,
) -> Result<User> {
    let mut merged = user.user_metadata.as_object().cloned().unwrap_or_default();
    for (name, value) in change {
        if value.is_null() {
            merged.remove(&name);
        } else {
            merged.insert(name, value);
        }
    }
    check_metadata(&merged)?;
    let sql = format!(
        "update auth.users set raw_user_meta_data = $2 where id = $1 returning {}",
        users::COLUMNS
    );
    let row = tx
        .query_one(&sql, &[&user.id, &Value::Object(merged)])
        .await
        .map_err(users::metadata_too_large)?;
    Ok(User::from_row(&row))
}

/// Whoever knew the old password is signed out with it, and links mailed before work no more.
async fn set_password(
    tx: &Transaction<'_>,
    user: &User,
    session: &SessionRow,
    hash: &str,
) -> Result<User> {
    let sql = format!(
        "update auth.users set encrypted_password = $2 where id = $1 returning {}",
        users::COLUMNS
    );
    let row = tx.query_one(&sql, &[&user.id, &hash]).await?;
    tx.execute(
        "delete from auth.sessions where user_id = $1 and id <> $2",
        &[&user.id, &session.id],
    )
    .await?;
    tx.execute(
        "delete from auth.verification_tokens where user_id = $1 and purpose in ('recover_password', 'magic_link')",
        &[&user.id],
    )
    .await?;
    Ok(User::from_row(&row))
}
