//! Second factors: codes of an authenticator app, keys of devices, and recovery codes for the day these are lost.

mod recovery;
mod totp;
mod webauthn;

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use serde_json::{Value, json};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Accounts, Client, begin,
    secret::Secret,
    sessions::{Issued, Method, SessionRow, amr_entry},
    users::User,
};
use crate::{
    auth::Caller,
    error::{Code, Error, Reason, Result},
};

pub use self::{
    recovery::{Make, RecoveryCodes},
    totp::Enrolment,
    webauthn::KeyChallenge,
};

/// Where TOTP secrets are sealed.
pub(super) const PLACE: &str = "auth.mfa_factors.secret";
const FACTORS_MAX: i64 = 10;

/// What came of a right code or signature.
pub struct Assured {
    /// The session, now `aal2`.
    pub session: Issued,
    /// New recovery codes, when this confirmed the account's first factor.
    pub recovery_codes: Vec<Secret>,
}

/// When recovery codes are made: they are shown once, to whoever is there then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// With the account's first factor.
    Now,
    /// By [`Accounts::make_recovery_codes`].
    WhenAskedFor,
}

/// What a factor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorKind {
    /// An authenticator app.
    Totp,
    /// A key of a device.
    Webauthn,
}

/// A factor as its owner sees it.
pub struct FactorInfo {
    /// Its key.
    pub id: Uuid,
    /// What it is.
    pub kind: FactorKind,
    /// What the owner calls it.
    pub friendly_name: String,
    /// When it was confirmed.
    pub verified_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A factor that was shown.
struct Shown {
    method: Method,
    /// Whether the account had none before.
    is_first: bool,
    codes: Codes,
}

impl Accounts {
    /// Removes a factor; with the last one go the recovery codes.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN without the second factor; NOT_FOUND.
    pub async fn unenrol_factor(&self, caller: &Caller, factor: Uuid, from: &Client) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        self.remove_factor(&tx, user.id, factor).await?;
        self.log(
            &tx,
            user.id,
            "auth_factor_unenrol",
            json!({"factor": factor}),
            from,
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// With the last factor go the recovery codes.
    pub(in crate::accounts) async fn remove_factor(
        &self,
        tx: &Transaction<'_>,
        user: Uuid,
        factor: Uuid,
    ) -> Result<()> {
        let removed = tx
            .execute(
                "delete from auth.mfa_factors where id = $1 and user_id = $2",
                &[&factor, &user],
            )
            .await?;
        if removed == 0 {
            return Err(no_factor());
        }
        if !has_factor(tx, user).await? {
            recovery::forget_codes(tx, user).await?;
        }
        Ok(())
    }

    /// The caller's factors, the oldest first.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in.
    pub async fn factors(&self, caller: &Caller) -> Result<Vec<FactorInfo>> {
        let mut client = self.connection().await?;
        let tx = begin(&mut client).await?;
        let (user, _) = self.current(&tx, caller).await?;
        drop(tx);
        drop(client);
        Ok(self.details_of(user.id).await?.factors)
    }

    /// Refuses a session that has not shown the factor that its account has.
    pub(in crate::accounts) async fn require_own_factor(
        &self,
        tx: &Transaction<'_>,
        user: &User,
        session: &SessionRow,
    ) -> Result<()> {
        if session.aal == "aal2" || !has_factor(tx, user.id).await? {
            return Ok(());
        }
        Err(Error::forbidden(
            "Show your second factor first: verifyTotp, verifyWebauthn or useRecoveryCode",
        )
        .because(Reason::SecondFactorNeeded))
    }

    /// Whoever may add a factor: somebody with an address, who has shown the factors that there are.
    async fn may_enrol(&self, tx: &Transaction<'_>, caller: &Caller) -> Result<User> {
        let (user, session) = self.current(tx, caller).await?;
        if user.email.is_none() {
            return Err(Error::forbidden(
                "Make this account permanent before you protect it with a second factor",
            )
            .because(Reason::AnonymousUser));
        }
        self.require_own_factor(tx, &user, &session).await?;
        make_room(tx, user.id).await?;
        Ok(user)
    }

    async fn count_factor_attempt(&self, caller: &Caller, from: &Client) -> Result<String> {
        let user = caller
            .user_id
            .ok_or_else(|| Error::new(Code::Unauthenticated, "Sign in to do this"))?;
        let account = format!("factor {user}");
        self.count_attempt(Some(&account), from).await?;
        Ok(account)
    }

    /// What a factor brings that was shown: a session at `aal2`, and with an account's first factor the end of its
    /// other sessions, which never showed it.
    async fn shown(
        &self,
        tx: &Transaction<'_>,
        user: User,
        session: &SessionRow,
        shown: Shown,
        from: &Client,
    ) -> Result<Assured> {
        let mut recovery_codes = Vec::new();
        if shown.is_first {
            end_other_sessions(tx, user.id, session.id).await?;
            if shown.codes == Codes::Now {
                recovery_codes = self.new_recovery_codes(tx, user.id).await?;
            }
        }
        let session = self.assure(tx, user, session, shown.method, from).await?;
        Ok(Assured {
            session,
            recovery_codes,
        })
    }

    /// Puts on record that a factor was asked for and not shown.
    async fn not_shown(
        &self,
        tx: Transaction<'_>,
        user: &User,
        factor: Uuid,
        from: &Client,
    ) -> Result<()> {
        let details = json!({"factor": factor});
        self.log_failure(&tx, user.id, "auth_factor_verify", details, from)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Lifts a session to `aal2`; its former refresh token is replaced.
    async fn assure(
        &self,
        tx: &Transaction<'_>,
        user: User,
        session: &SessionRow,
        method: Method,
        from: &Client,
    ) -> Result<Issued> {
        let mut amr = session.amr.as_array().cloned().unwrap_or_default();
        amr.retain(|entry| entry.get("method").and_then(Value::as_str) != Some(method.as_str()));
        amr.push(amr_entry(method));
        let row = tx
            .query_one(
                "update auth.sessions set aal = 'aal2', amr = $2 where id = $1 returning id, aal, amr",
                &[&session.id, &Value::Array(amr)],
            )
            .await?;
        let session = SessionRow::from_row(&row);
        self.log(
            tx,
            user.id,
            "auth_factor_verify",
            json!({"method": method.as_str()}),
            from,
        )
        .await?;
        // Nobody may carry the session on with a token from before: it has the rights of the new level.
        self.reissue(tx, user, &session).await
    }
}

impl Assured {
    /// `VerifyTotpPayload` and `VerifyWebauthnPayload` of the schema.
    pub fn to_json(&self) -> Value {
        let codes: Vec<&str> = self.recovery_codes.iter().map(Secret::expose).collect();
        json!({"session": self.session.to_json(), "recoveryCodes": codes})
    }
}

impl FactorKind {
    /// What the table and auth-js call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            FactorKind::Totp => "totp",
            FactorKind::Webauthn => "webauthn",
        }
    }

    fn of(row: &Row) -> Self {
        match row.get("factor_type") {
            "webauthn" => FactorKind::Webauthn,
            _ => FactorKind::Totp,
        }
    }
}

impl FactorInfo {
    pub(super) fn from_row(row: &Row) -> Self {
        FactorInfo {
            id: row.get("id"),
            kind: FactorKind::of(row),
            friendly_name: row.get("friendly_name"),
            verified_at: row.get("verified_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// `Factor` of the schema.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "type": self.kind.as_str().to_uppercase(),
            "friendlyName": self.friendly_name,
            "verifiedAt": self.verified_at,
            "createdAt": self.created_at,
        })
    }
}

fn check_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if (1..=100).contains(&name.chars().count()) {
        return Ok(name);
    }
    Err(Error::bad_input("friendlyName has 1 to 100 characters").with("field", "friendlyName"))
}

async fn end_other_sessions(tx: &Transaction<'_>, user: Uuid, session: Uuid) -> Result<()> {
    tx.execute(
        "delete from auth.sessions where user_id = $1 and id <> $2",
        &[&user, &session],
    )
    .await?;
    Ok(())
}

/// Whether the account has a confirmed factor.
async fn has_factor(tx: &Transaction<'_>, user: Uuid) -> Result<bool> {
    let statement = tx
        .prepare_cached(
            "select exists (select from auth.mfa_factors where user_id = $1 and verified_at is not null)",
        )
        .await?;
    Ok(tx.query_one(&statement, &[&user]).await?.get(0))
}

/// Factors that were never confirmed give way to new ones.
async fn make_room(tx: &Transaction<'_>, user: Uuid) -> Result<()> {
    tx.execute(
        "delete from auth.mfa_factors where user_id = $1 and verified_at is null \
           and created_at < now() - interval '1 hour'",
        &[&user],
    )
    .await?;
    let count: i64 = tx
        .query_one(
            "select count(*) from auth.mfa_factors where user_id = $1",
            &[&user],
        )
        .await?
        .get(0);
    if count < FACTORS_MAX {
        return Ok(());
    }
    Err(
        Error::limit_exceeded("factors", FACTORS_MAX, "An account has at most ten factors")
            .because(Reason::TooManyFactors),
    )
}

fn wrong_code() -> Error {
    Error::new(Code::Unauthenticated, "The code is wrong, old or used")
        .because(Reason::FactorCodeWrong)
}

fn no_factor() -> Error {
    Error::new(Code::NotFound, "You have no such factor").because(Reason::FactorUnknown)
}
