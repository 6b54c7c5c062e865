//! The second factor: codes of an authenticator app, and recovery codes for the day it is lost.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use qrcode::{QrCode, render::svg};
use serde_json::{Value, json};
use tokio_postgres::Row;
use totp_rs::{Algorithm, Builder, Totp};
use uuid::Uuid;

use super::{
    Accounts, Client,
    secret::{Secret, random},
    sessions::{Issued, Method, SessionRow, amr_entry},
    users::User,
};
use crate::{
    auth::Caller,
    error::{Code, Error, Reason, Result},
};

/// Where TOTP secrets are sealed.
pub(super) const PLACE: &str = "auth.mfa_factors.secret";
const FACTORS_MAX: i64 = 10;
const RECOVERY_CODES: usize = 10;

/// A new factor, not yet in force: its first code confirms it.
pub struct Enrolment {
    /// The factor's key.
    pub id: Uuid,
    /// The secret in base32, to be typed.
    pub secret: String,
    /// The address that authenticator apps read.
    pub uri: String,
    /// The same as an image.
    pub qr_code_svg: String,
}

/// What came of a right code.
pub struct Assured {
    /// The session, now `aal2`.
    pub session: Issued,
    /// New recovery codes, when this code confirmed the account's first factor.
    pub recovery_codes: Vec<Secret>,
}

/// When recovery codes are made: they are shown once, to whoever is there then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// With the account's first factor.
    Now,
    /// By [`Accounts::regenerate_recovery_codes`].
    WhenAskedFor,
}

/// A factor as its owner sees it.
pub struct FactorInfo {
    /// Its key.
    pub id: Uuid,
    /// What the owner calls it.
    pub friendly_name: String,
    /// When it was confirmed.
    pub verified_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Accounts {
    /// Makes a factor for the caller. `issuer` is what the app shows above the code, the server's host unless stated.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN for anonymous accounts and where the present factor is missing;
    /// BAD_USER_INPUT for the name; LIMIT_EXCEEDED beyond ten factors.
    pub async fn enrol_totp(
        &self,
        caller: &Caller,
        friendly_name: &str,
        issuer: Option<&str>,
        from: &Client,
    ) -> Result<Enrolment> {
        if !(1..=100).contains(&friendly_name.trim().chars().count()) {
            return Err(Error::bad_input("friendlyName has 1 to 100 characters")
                .with("field", "friendlyName"));
        }
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        let Some(email) = user.email.clone() else {
            return Err(Error::forbidden(
                "Make this account permanent before you protect it with a second factor",
            )
            .because(Reason::AnonymousUser));
        };
        self.require_own_factor(&tx, &user, &session).await?;
        make_room(&tx, user.id).await?;
        let id = Uuid::now_v7();
        let secret = random::<20>()?;
        tx.execute(
            "insert into auth.mfa_factors (id, user_id, friendly_name, secret_sealed) values ($1, $2, $3, $4)",
            &[&id, &user.id, &friendly_name.trim(), &self.vault.seal(PLACE, id, &secret)?],
        )
        .await?;
        self.log(
            &tx,
            user.id,
            "auth_factor_enrol",
            json!({"factor": id}),
            from,
        )
        .await?;
        tx.commit().await?;
        let host = || self.public_url.host_str().unwrap_or("Mindloom");
        let issuer = issuer.unwrap_or_else(host).replace(':', "");
        let totp = totp(&secret, &issuer, &email.replace(':', ""))?;
        let uri = totp.to_url().map_err(Error::internal)?;
        let qr_code_svg = qr_svg(&uri)?;
        Ok(Enrolment {
            id,
            secret: totp.secret().to_base32(),
            uri,
            qr_code_svg,
        })
    }

    /// Takes a code of the authenticator app: confirms a new factor, and lifts the session to `aal2`.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in or the code is wrong, old or used; NOT_FOUND for another's
    /// factor; RATE_LIMITED.
    pub async fn verify_totp(
        &self,
        caller: &Caller,
        factor: Uuid,
        code: &Secret,
        codes: Codes,
        from: &Client,
    ) -> Result<Assured> {
        let account = self.count_factor_attempt(caller, from).await?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        let row = tx
            .query_opt(
                "select secret_sealed, verified_at is not null, last_step from auth.mfa_factors \
                 where id = $1 and user_id = $2 for update",
                &[&factor, &user.id],
            )
            .await?
            .ok_or_else(no_factor)?;
        let (was_verified, last_step): (bool, i64) = (row.get(1), row.get(2));
        if !was_verified {
            self.require_own_factor(&tx, &user, &session).await?;
        }
        let secret = self.vault.unseal(PLACE, factor, row.get(0))?;
        let now = u64::try_from(Utc::now().timestamp()).unwrap_or_default();
        let step = totp(&secret, "Mindloom", "account")?
            .check(code.expose().trim(), now)
            .and_then(|step| i64::try_from(step).ok())
            // A code is good once: whoever saw it being typed has nothing.
            .filter(|step| *step > last_step);
        let Some(step) = step else {
            self.log_failure(
                &tx,
                user.id,
                "auth_factor_verify",
                json!({"factor": factor}),
                from,
            )
            .await?;
            tx.commit().await?;
            return Err(wrong_code());
        };
        let first = !was_verified && !has_factor(&tx, user.id).await?;
        confirm(&tx, factor, step).await?;
        let recovery_codes = if first {
            // Sessions from before the factor never showed it.
            end_other_sessions(&tx, user.id, session.id).await?;
            match codes {
                Codes::Now => self.new_recovery_codes(&tx, user.id).await?,
                Codes::WhenAskedFor => Vec::new(),
            }
        } else {
            Vec::new()
        };
        let session = self.assure(&tx, user, &session, Method::Totp, from).await?;
        tx.commit().await?;
        drop(client);
        self.forget_attempts(&account).await?;
        Ok(Assured {
            session,
            recovery_codes,
        })
    }

    /// Takes a recovery code in place of the authenticator app's.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in or the code is wrong or used; RATE_LIMITED.
    pub async fn use_recovery_code(
        &self,
        caller: &Caller,
        code: &Secret,
        from: &Client,
    ) -> Result<Issued> {
        let account = self.count_factor_attempt(caller, from).await?;
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        let used = tx
            .execute(
                "update auth.mfa_recovery_codes set used_at = now() \
                 where user_id = $1 and code_hash = $2 and used_at is null",
                &[&user.id, &recovery_hash(code)],
            )
            .await?;
        if used == 0 {
            self.log_failure(&tx, user.id, "auth_recovery_code", json!({}), from)
                .await?;
            tx.commit().await?;
            return Err(wrong_code());
        }
        let issued = self
            .assure(&tx, user, &session, Method::RecoveryCode, from)
            .await?;
        tx.commit().await?;
        drop(client);
        self.forget_attempts(&account).await?;
        Ok(issued)
    }

    /// Replaces the caller's recovery codes.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN without the second factor, or when the account has none.
    pub async fn regenerate_recovery_codes(
        &self,
        caller: &Caller,
        from: &Client,
    ) -> Result<Vec<Secret>> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        if !has_factor(&tx, user.id).await? {
            return Err(Error::forbidden("This account has no second factor"));
        }
        self.require_own_factor(&tx, &user, &session).await?;
        let codes = self.new_recovery_codes(&tx, user.id).await?;
        self.log(&tx, user.id, "auth_recovery_codes", json!({}), from)
            .await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Removes a factor; with the last one go the recovery codes.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN without the second factor; NOT_FOUND.
    pub async fn unenrol_factor(&self, caller: &Caller, factor: Uuid, from: &Client) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
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
    pub(super) async fn remove_factor(
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
            tx.execute(
                "delete from auth.mfa_recovery_codes where user_id = $1",
                &[&user],
            )
            .await?;
        }
        Ok(())
    }

    /// The caller's factors, the oldest first.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in.
    pub async fn factors(&self, caller: &Caller) -> Result<Vec<FactorInfo>> {
        let mut client = self.connection().await?;
        let tx = super::begin(&mut client).await?;
        let (user, _) = self.current(&tx, caller).await?;
        drop(tx);
        drop(client);
        Ok(self.details_of(user.id).await?.factors)
    }

    /// Refuses a session that has not shown the factor that its account has.
    pub(super) async fn require_own_factor(
        &self,
        tx: &Transaction<'_>,
        user: &User,
        session: &SessionRow,
    ) -> Result<()> {
        if session.aal == "aal2" || !has_factor(tx, user.id).await? {
            return Ok(());
        }
        Err(
            Error::forbidden("Show your second factor first: verifyTotp or useRecoveryCode")
                .because(Reason::SecondFactorNeeded),
        )
    }

    async fn count_factor_attempt(&self, caller: &Caller, from: &Client) -> Result<String> {
        let user = caller
            .user_id
            .ok_or_else(|| Error::new(Code::Unauthenticated, "Sign in to do this"))?;
        let account = format!("factor {user}");
        self.count_attempt(Some(&account), from).await?;
        Ok(account)
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

    async fn new_recovery_codes(&self, tx: &Transaction<'_>, user: Uuid) -> Result<Vec<Secret>> {
        tx.execute(
            "delete from auth.mfa_recovery_codes where user_id = $1",
            &[&user],
        )
        .await?;
        let codes = (0..RECOVERY_CODES)
            .map(|_| recovery_code())
            .collect::<Result<Vec<_>>>()?;
        let hashes: Vec<String> = codes.iter().map(recovery_hash).collect();
        tx.execute(
            "insert into auth.mfa_recovery_codes (user_id, code_hash) select $1, unnest($2::text[])",
            &[&user, &hashes],
        )
        .await?;
        Ok(codes)
    }
}

impl Enrolment {
    /// `TotpEnrolment` of the schema.
    pub fn to_json(&self) -> Value {
        let image = BASE64_STANDARD.encode(&self.qr_code_svg);
        json!({
            "factorId": self.id,
            "secret": self.secret,
            "uri": self.uri,
            "qrCodeSvg": self.qr_code_svg,
            "qrCodeUrl": format!("data:image/svg+xml;base64,{image}"),
        })
    }
}

impl FactorInfo {
    pub(super) fn from_row(row: &Row) -> Self {
        FactorInfo {
            id: row.get("id"),
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
            "friendlyName": self.friendly_name,
            "verifiedAt": self.verified_at,
            "createdAt": self.created_at,
        })
    }
}

/// Remembers the step of a right code, which puts a new factor in force.
async fn confirm(tx: &Transaction<'_>, factor: Uuid, step: i64) -> Result<()> {
    tx.execute(
        "update auth.mfa_factors set verified_at = coalesce(verified_at, now()), last_step = $2 where id = $1",
        &[&factor, &step],
    )
    .await?;
    Ok(())
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

/// RFC 6238 with what every authenticator app understands: SHA-1, six digits, thirty seconds, and one step
/// of tolerance for clocks that differ.
fn totp(secret: &[u8], issuer: &str, account: &str) -> Result<Totp> {
    let secret: Box<[u8]> = secret.into();
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(totp_rs::Secret::new(secret))
        .with_account_name(account)
        .with_issuer(Some(issuer))
        .build()
        .map_err(Error::internal)
}

fn qr_svg(text: &str) -> Result<String> {
    let code = QrCode::new(text).map_err(Error::internal)?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .build())
}

/// Eighty random bits in base32, in groups of four for the eye.
fn recovery_code() -> Result<Secret> {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut code = String::with_capacity(19);
    for (place, byte) in random::<16>()?.into_iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(Secret::new(code))
}

/// People type capitals, spaces, and no hyphens.
fn recovery_hash(code: &Secret) -> String {
    let normal: String = code
        .expose()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .collect();
    hex::encode(Secret::new(normal).digest())
}

fn wrong_code() -> Error {
    Error::new(Code::Unauthenticated, "The code is wrong, old or used")
        .because(Reason::FactorCodeWrong)
}

fn no_factor() -> Error {
    Error::new(Code::NotFound, "You have no such factor").because(Reason::FactorUnknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six digits.
        let totp = totp(b"12345678901234567890", "issuer", "account").unwrap();
        assert_eq!(totp.check("287082", 59), Some(1));
        assert_eq!(
            totp.check("081804", 1_111_111_109),
            Some(1_111_111_109 / 30)
        );
        assert_eq!(totp.check("287082", 59 + 60), None);
    }

    #[test]
    fn recovery_codes_are_read_as_people_type_them() {
        let code = recovery_code().unwrap();
        assert_eq!(code.expose().len(), 19);
        let typed = Secret::new(code.expose().to_uppercase().replace('-', " "));
        assert_eq!(recovery_hash(&typed), recovery_hash(&code));
        assert_ne!(
            recovery_hash(&recovery_code().unwrap()),
            recovery_hash(&code)
        );
    }

    #[test]
    fn the_qr_code_is_an_svg() {
        assert!(
            qr_svg("otpauth://totp/x?secret=ABC")
                .unwrap()
                .contains("<svg")
        );
    }
}
