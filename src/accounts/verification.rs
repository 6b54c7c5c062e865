//! What mails carry: a link's token and six digits, of which either works, once, within an hour.

use deadpool_postgres::Transaction;
use serde::Deserialize;
use serde_json::json;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Accounts, Client, WayBack,
    secret::{Secret, random_code},
    sessions::{Issued, Method},
    users,
    users::User,
    way_back::{Challenge, is_behind},
};
use crate::error::{Code, Error, Reason, Result};

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
    /// Lets in whoever an administrator invited.
    Invite,
    /// Shows that whoever is signed in still reads the account's mail. Its code only, no link.
    Reauthenticate,
}

impl Purpose {
    /// Its name in the table and in links.
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::ChangeEmail => "change_email",
            Purpose::ConfirmEmail => "confirm_email",
            Purpose::Invite => "invite",
            Purpose::MagicLink => "magic_link",
            Purpose::Reauthenticate => "reauthenticate",
            Purpose::RecoverPassword => "recover_password",
        }
    }

    /// The purpose of that name.
    fn of_name(name: &str) -> Option<Self> {
        [
            Purpose::ChangeEmail,
            Purpose::ConfirmEmail,
            Purpose::Invite,
            Purpose::MagicLink,
            Purpose::Reauthenticate,
            Purpose::RecoverPassword,
        ]
        .into_iter()
        .find(|purpose| purpose.as_str() == name)
    }

    /// The purpose of that name whose mails hold a link.
    pub fn of_link(name: &str) -> Option<Self> {
        Self::of_name(name).filter(|purpose| *purpose != Purpose::Reauthenticate)
    }

    /// How long its mails are good for.
    const fn hours(self) -> i32 {
        match self {
            Purpose::Invite => 24,
            _ => 1,
        }
    }

    /// What whoever answers its mails has shown.
    const fn method(self) -> Method {
        match self {
            Purpose::RecoverPassword => Method::Recovery,
            _ => Method::Otp,
        }
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
    purpose: Purpose,
    /// The address that was proved.
    email: String,
    redirect_to: Option<String>,
    /// Where the client that asked for the mail wants a code.
    code_challenge: Option<String>,
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

/// What came of a link that somebody followed.
pub struct Followed {
    /// What the browser brings along.
    pub brought: Brought,
    /// Where whoever asked for the mail wanted to go.
    pub redirect_to: Option<String>,
    /// What the mail was for.
    pub purpose: Purpose,
}

/// What a browser brings to a client.
pub enum Brought {
    /// The session that was opened.
    Session(Box<Issued>),
    /// A code, for a session, for the client that has the secret.
    Code(Secret),
}

impl Accounts {
    /// Makes a token and a code for an account, in place of former ones for the same purpose.
    pub(super) async fn issue_verification(
        &self,
        tx: &Transaction<'_>,
        user: Uuid,
        email: &str,
        purpose: Purpose,
        way_back: &WayBack,
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
               (id, user_id, identifier, token_hash, code_hash, purpose, redirect_to, code_challenge, expires) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(hours => $9))",
            &[
                &id,
                &user,
                &email,
                &hex::encode(fresh.token.digest()),
                &self.vault.mac(PLACE, id, fresh.code.expose()),
                &purpose.as_str(),
                &way_back.redirect_to,
                &way_back.challenge.as_ref().map(Challenge::as_str),
                &purpose.hours(),
            ],
        )
        .await?;
        Ok(fresh)
    }

    /// Takes a proof of an address that was mailed for one of these purposes, does what the mail was for, and signs in.
    ///
    /// # Errors
    /// UNAUTHENTICATED when the proof is wrong, expired, used or of another purpose; FORBIDDEN when the
    /// account is suspended; CONFLICT when the address has got another account meanwhile; RATE_LIMITED.
    pub async fn verify(
        &self,
        purposes: &[Purpose],
        proof: Proof<'_>,
        from: &Client,
    ) -> Result<Issued> {
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
            Proof::Token(token) => use_token(&tx, purposes, token).await?,
            Proof::Code { email, code } => self.use_code(&tx, purposes, None, email, code).await?,
        };
        let Some(used) = used else {
            // A wrong code has been counted.
            tx.commit().await?;
            return Err(invalid());
        };
        let user = prove(&tx, &used).await?;
        let session = self.let_in(&tx, &user, used.purpose, from).await?;
        tx.commit().await?;
        drop(client);
        if let Some(account) = account {
            self.forget_guesses(account, from).await?;
        }
        Ok(session)
    }

    /// Takes the token of a link in a browser: the client that asked for the mail is elsewhere, and gets what it asked
    /// for at its address.
    ///
    /// # Errors
    /// As [`Accounts::verify`].
    pub async fn follow_link(
        &self,
        purposes: &[Purpose],
        token: &Secret,
        from: &Client,
    ) -> Result<Followed> {
        self.count_attempt(None, from).await?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let used = use_token(&tx, purposes, token).await?.ok_or_else(invalid)?;
        let user = prove(&tx, &used).await?;
        let brought = match (&used.code_challenge, &used.redirect_to) {
            (Some(challenge), Some(_)) => {
                Brought::Code(issue_code(&tx, user.id, challenge, used.purpose.method()).await?)
            }
            _ => {
                let session = self.let_in(&tx, &user, used.purpose, from).await?;
                Brought::Session(Box::new(session))
            }
        };
        tx.commit().await?;
        Ok(Followed {
            brought,
            redirect_to: used.redirect_to,
            purpose: used.purpose,
        })
    }

    async fn let_in(
        &self,
        tx: &Transaction<'_>,
        user: &User,
        purpose: Purpose,
        from: &Client,
    ) -> Result<Issued> {
        let session = self.start_session(tx, user, purpose.method(), from).await?;
        let details = json!({"method": purpose.as_str()});
        let of_session = from.in_session(session.session_id);
        self.log(tx, user.id, "auth_login", details, &of_session)
            .await?;
        Ok(session)
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
            .use_code(tx, &[Purpose::Reauthenticate], Some(user.id), email, code)
            .await?
            .is_some())
    }

    /// Several mails may be open for an address, of which each has its own digits.
    async fn use_code(
        &self,
        tx: &Transaction<'_>,
        purposes: &[Purpose],
        of_user: Option<Uuid>,
        email: &str,
        code: &Secret,
    ) -> Result<Option<Used>> {
        let rows = tx
            .query(
                "select id, code_hash, user_id, purpose, identifier, redirect_to, code_challenge \
                 from auth.verification_tokens \
                 where identifier = $1 and purpose = any ($2) and expires > now() and attempts < $3 \
                   and user_id = coalesce($4, user_id) \
                 order by created_at desc, id desc limit 4 for update",
                &[&email, &names(purposes), &ATTEMPTS_MAX, &of_user],
            )
            .await?;
        let mut used = None;
        for row in &rows {
            let (id, expected): (Uuid, Option<Vec<u8>>) = (row.get(0), row.get(1));
            let expected = expected.unwrap_or_default();
            let matches = self.vault.mac_matches(PLACE, id, code.expose(), &expected);
            if matches && used.is_none() {
                used = Used::from_row(row);
                tx.execute("delete from auth.verification_tokens where id = $1", &[&id])
                    .await?;
            }
        }
        if used.is_none() {
            let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
            let sql =
                "update auth.verification_tokens set attempts = attempts + 1 where id = any ($1)";
            tx.execute(sql, &[&ids]).await?;
        }
        Ok(used)
    }

    /// Exchanges the code that a link brought, or says why not.
    pub(super) async fn exchange_link_code(
        &self,
        tx: &Transaction<'_>,
        code: &Secret,
        code_verifier: &Secret,
        from: &Client,
    ) -> Result<Result<Issued, Reason>> {
        let row = tx
            .query_opt(
                "delete from auth.sign_in_codes where code_hash = $1 and expires_at > now() \
                 returning user_id, code_challenge, method",
                &[&hex::encode(code.digest())],
            )
            .await?;
        let Some(row) = row else {
            return Ok(Err(Reason::FlowUnknown));
        };
        if !is_behind(code_verifier, row.get(1)) {
            return Ok(Err(Reason::CodeVerifierWrong));
        }
        let user = users::by_id(tx, row.get(0)).await?.ok_or_else(invalid)?;
        if user.is_banned() {
            return Err(users::banned());
        }
        let purpose = match row.get(2) {
            "recovery" => Purpose::RecoverPassword,
            _ => Purpose::MagicLink,
        };
        self.let_in(tx, &user, purpose, from).await.map(Ok)
    }
}

impl Used {
    fn from_row(row: &Row) -> Option<Self> {
        Some(Used {
            user_id: row.get("user_id"),
            purpose: Purpose::of_name(row.get("purpose"))?,
            email: row.get("identifier"),
            redirect_to: row.get("redirect_to"),
            code_challenge: row.get("code_challenge"),
        })
    }
}

fn names(purposes: &[Purpose]) -> Vec<&'static str> {
    purposes.iter().map(|purpose| purpose.as_str()).collect()
}

/// Deleting is what makes a token single-use: of two requests that present it, one finds it.
async fn use_token(
    tx: &Transaction<'_>,
    purposes: &[Purpose],
    token: &Secret,
) -> Result<Option<Used>> {
    if purposes.contains(&Purpose::Reauthenticate) {
        return Ok(None);
    }
    let row = tx
        .query_opt(
            "delete from auth.verification_tokens where token_hash = $1 and purpose = any ($2) and expires > now() \
             returning user_id, purpose, identifier, redirect_to, code_challenge",
            &[&hex::encode(token.digest()), &names(purposes)],
        )
        .await?;
    Ok(row.as_ref().and_then(Used::from_row))
}

/// A code for a session, for whoever has the secret behind the challenge.
async fn issue_code(
    tx: &Transaction<'_>,
    user: Uuid,
    challenge: &str,
    method: Method,
) -> Result<Secret> {
    let code = Secret::random()?;
    tx.execute(
        "insert into auth.sign_in_codes (id, user_id, code_hash, code_challenge, method, expires_at) \
         values ($1, $2, $3, $4, $5, now() + interval '5 minutes')",
        &[
            &Uuid::now_v7(),
            &user,
            &hex::encode(code.digest()),
            &challenge,
            &method.as_str(),
        ],
    )
    .await?;
    Ok(code)
}

/// Does what a mail was for, and returns the account.
async fn prove(tx: &Transaction<'_>, used: &Used) -> Result<User> {
    let user = users::by_id(tx, used.user_id).await?.ok_or_else(invalid)?;
    if user.is_banned() {
        return Err(users::banned());
    }
    prove_email(tx, user, &used.email, used.purpose).await
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
        && matches!(
            purpose,
            Purpose::Invite | Purpose::MagicLink | Purpose::RecoverPassword
        );
    if taken_over {
        users::forget_ways_in(tx, user.id).await?;
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
    .because(Reason::MailCodeInvalid)
}
