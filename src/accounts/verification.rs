//! What mails carry: a link's token and six digits, of which either works, once, within an hour.

use deadpool_postgres::Transaction;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    Accounts, Client,
    secret::{Secret, random_code},
    sessions::{Issued, Method},
    users,
    users::User,
};
use crate::error::{Code, Error, Result};

const PLACE: &str = "auth.verification_tokens.code";
/// With six digits and mails limited per hour, a guesser's chance stays below one in 30,000 an hour.
const ATTEMPTS_MAX: i32 = 5;

/// What a mail is for. A token is good for its purpose only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Purpose {
    /// Shows that a new account's address is its owner's.
    ConfirmEmail,
    /// Shows that the address that an account moves to is its owner's.
    ChangeEmail,
    /// Lets in whoever forgot the password, to set another.
    RecoverPassword,
    /// Signs in without a password.
    MagicLink,
    /// Shows that whoever is signed in still reads the account's mail. Its code only, no link.
    Reauthenticate,
}

impl Purpose {
    /// Its name in the table and in links.
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::ChangeEmail => "change_email",
            Purpose::ConfirmEmail => "confirm_email",
            Purpose::MagicLink => "magic_link",
            Purpose::Reauthenticate => "reauthenticate",
            Purpose::RecoverPassword => "recover_password",
        }
    }

    /// The purpose of that name whose mails hold a link.
    pub fn of_link(name: &str) -> Option<Self> {
        [
            Purpose::ChangeEmail,
            Purpose::ConfirmEmail,
            Purpose::MagicLink,
            Purpose::RecoverPassword,
        ]
        .into_iter()
        .find(|purpose| purpose.as_str() == name)
    }
}

/// A fresh token and code, to be mailed.
pub(super) struct Fresh {
    pub token: Secret,
    pub code: Secret,
}

/// A token or code that was right, and is used up.
struct Used {
    user_id: Uuid,
    /// The address that was proved.
    email: String,
    redirect_to: Option<String>,
}

/// How a client shows that it read the mail.
pub enum Proof<'a> {
    /// The token of the link.
    Token(&'a Secret),
    /// The digits, and the address they were sent to, in lower case.
    Code {
        /// The address.
        email: &'a str,
        /// The digits.
        code: &'a Secret,
    },
}

/// What came of a proof.
pub struct Verified {
    /// The session it opened.
    pub session: Issued,
    /// Where whoever asked for the mail wanted to go.
    pub redirect_to: Option<String>,
}

impl Accounts {
    /// Makes a token and a code for an account, in place of former ones for the same purpose.
    pub(super) async fn issue_verification(
        &self,
        tx: &Transaction<'_>,
        user: Uuid,
        email: &str,
        purpose: Purpose,
        redirect_to: Option<&str>,
    ) -> Result<Fresh> {
        let fresh = Fresh {
            token: Secret::random()?,
            code: random_code()?,
        };
        let id = Uuid::now_v7();
        tx.execute(
            "delete from auth.verification_tokens where user_id = $1 and purpose = $2",
            &[&user, &purpose.as_str()],
        )
        .await?;
        tx.execute(
            "insert into auth.verification_tokens \
               (id, user_id, identifier, token_hash, code_hash, purpose, redirect_to, expires) \
             values ($1, $2, $3, $4, $5, $6, $7, now() + interval '1 hour')",
            &[
                &id,
                &user,
                &email,
                &hex::encode(fresh.token.digest()),
                &self.vault.mac(PLACE, id, fresh.code.expose()),
                &purpose.as_str(),
                &redirect_to,
            ],
        )
        .await?;
        Ok(fresh)
    }

    /// Takes a proof of an address, does what the mail was for, and signs in.
    ///
    /// # Errors
    /// UNAUTHENTICATED when the proof is wrong, expired, used or of another purpose; FORBIDDEN when the
    /// account is suspended; CONFLICT when the address has got another account meanwhile; RATE_LIMITED.
    pub async fn verify(
        &self,
        purpose: Purpose,
        proof: Proof<'_>,
        from: &Client,
    ) -> Result<Verified> {
        let account = match &proof {
            Proof::Code { email, .. } => Some(*email),
            Proof::Token(_) => None,
        };
        match account {
            Some(account) => self.count_guess(account, from).await?,
            None => self.count_attempt(None, from).await?,
        }
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let used = match proof {
            Proof::Token(token) => use_token(&tx, purpose, token).await?,
            Proof::Code { email, code } => self.use_code(&tx, purpose, None, email, code).await?,
        };
        let Some(used) = used else {
            // A wrong code has been counted.
            tx.commit().await?;
            return Err(invalid());
        };
        let user = users::by_id(&tx, used.user_id).await?.ok_or_else(invalid)?;
        if user.is_banned() {
            return Err(users::banned());
        }
        let user = prove_email(&tx, user, &used.email, purpose).await?;
        let method = if purpose == Purpose::RecoverPassword {
            Method::Recovery
        } else {
            Method::Otp
        };
        let session = self.start_session(&tx, &user, method, from).await?;
        let details = json!({"method": purpose.as_str()});
        let of_session = from.in_session(session.session_id);
        self.log(&tx, user.id, "auth_login", details, &of_session)
            .await?;
        tx.commit().await?;
        drop(client);
        if let Some(account) = account {
            self.forget_guesses(account, from).await?;
        }
        Ok(Verified {
            session,
            redirect_to: used.redirect_to,
        })
    }

    /// Takes the code that [`Accounts::request_reauthentication`] mailed. The caller commits in any case,
    /// so that wrong codes count.
    pub(super) async fn use_reauthentication(
        &self,
        tx: &Transaction<'_>,
        user: &User,
        code: &Secret,
    ) -> Result<bool> {
        let Some(email) = &user.email else {
            return Ok(false);
        };
        Ok(self
            .use_code(tx, Purpose::Reauthenticate, Some(user.id), email, code)
            .await?
            .is_some())
    }

    async fn use_code(
        &self,
        tx: &Transaction<'_>,
        purpose: Purpose,
        of_user: Option<Uuid>,
        email: &str,
        code: &Secret,
    ) -> Result<Option<Used>> {
        let row = tx
            .query_opt(
                "select id, user_id, code_hash, redirect_to from auth.verification_tokens \
                 where identifier = $1 and purpose = $2 and expires > now() and attempts < $3 \
                   and user_id = coalesce($4, user_id) \
                 order by created_at desc, id desc limit 1 for update",
                &[&email, &purpose.as_str(), &ATTEMPTS_MAX, &of_user],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let id: Uuid = row.get(0);
        let expected: Option<Vec<u8>> = row.get(2);
        let matches =
            self.vault
                .mac_matches(PLACE, id, code.expose(), &expected.unwrap_or_default());
        let sql = if matches {
            "delete from auth.verification_tokens where id = $1"
        } else {
            "update auth.verification_tokens set attempts = attempts + 1 where id = $1"
        };
        tx.execute(sql, &[&id]).await?;
        Ok(matches.then(|| Used {
            user_id: row.get(1),
            email: email.to_owned(),
            redirect_to: row.get(3),
        }))
    }
}

/// Deleting is what makes a token single-use: of two requests that present it, one finds it.
async fn use_token(tx: &Transaction<'_>, purpose: Purpose, token: &Secret) -> Result<Option<Used>> {
    if purpose == Purpose::Reauthenticate {
        return Ok(None);
    }
    let row = tx
        .query_opt(
            "delete from auth.verification_tokens where token_hash = $1 and purpose = $2 and expires > now() \
             returning user_id, identifier, redirect_to",
            &[&hex::encode(token.digest()), &purpose.as_str()],
        )
        .await?;
    Ok(row.map(|row| Used {
        user_id: row.get(0),
        email: row.get(1),
        redirect_to: row.get(2),
    }))
}

/// Records that the address is the owner's.
///
/// An account whose address was never proved may have been made by a stranger who knows its password. So
/// whoever comes in by a mail that does not confirm that sign-up itself gets the account without it.
async fn prove_email(
    tx: &Transaction<'_>,
    user: User,
    email: &str,
    purpose: Purpose,
) -> Result<User> {
    let taken_over = user.email_confirmed_at.is_none()
        && matches!(purpose, Purpose::MagicLink | Purpose::RecoverPassword);
    if taken_over {
        tx.execute("delete from auth.sessions where user_id = $1", &[&user.id])
            .await?;
    }
    let changes = purpose == Purpose::ChangeEmail;
    if !changes && user.email.as_deref() != Some(email) {
        // The address was changed after the mail was sent.
        return Err(invalid());
    }
    let sql = format!(
        "update auth.users set email = $2, is_anonymous = false, \
           email_confirmed_at = case when email = $2 then coalesce(email_confirmed_at, now()) else now() end, \
           encrypted_password = case when $3 then null else encrypted_password end \
         where id = $1 returning {}",
        users::COLUMNS
    );
    let row = tx
        .query_one(&sql, &[&user.id, &email, &taken_over])
        .await
        .map_err(|error| match error.code() {
            Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION) => Error::new(
                Code::Conflict,
                "This address belongs to another account by now",
            ),
            _ => error.into(),
        })?;
    if changes {
        return users::add_provider(tx, user.id, "email").await;
    }
    Ok(User::from_row(&row))
}

/// One answer to all that is wrong with a token or code.
pub(super) fn invalid() -> Error {
    Error::new(
        Code::Unauthenticated,
        "The link or code is wrong, used or expired; ask for a new one",
    )
}
