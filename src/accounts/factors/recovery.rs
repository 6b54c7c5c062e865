//! Recovery codes, for the day the second factor is lost.

use deadpool_postgres::Transaction;
use serde_json::json;
use uuid::Uuid;

use super::{has_factor, wrong_code};
use crate::{
    accounts::{
        Accounts, Client, Issued, begin,
        secret::{Secret, random},
        sessions::Method,
    },
    auth::Caller,
    error::{Code, Error, Reason, Result},
};

const RECOVERY_CODES: usize = 10;

/// How many recovery codes an account has.
pub struct RecoveryCodes {
    /// All that were made last.
    pub total: i64,
    /// Those that are still good.
    pub remaining: i64,
}

/// Which new codes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Make {
    /// The account's first ones: nothing is replaced.
    First,
    /// Those that replace former ones.
    Next,
    /// Either.
    Any,
}

impl Accounts {
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
        let tx = begin(&mut client).await?;
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

    /// Makes recovery codes for the caller, in the place of former ones.
    ///
    /// # Errors
    /// UNAUTHENTICATED; CONFLICT when there are codes and [`Make::First`] are asked for; NOT_FOUND when there are none and
    /// [`Make::Next`] are; FORBIDDEN without the second factor, or when the account has none.
    pub async fn make_recovery_codes(
        &self,
        caller: &Caller,
        make: Make,
        from: &Client,
    ) -> Result<Vec<Secret>> {
        let mut client = self.connection().await?;
        let tx = begin(&mut client).await?;
        // This locks the account: of two who ask for its first codes the second finds those of the first.
        let (user, session) = self.current(&tx, caller).await?;
        match (make, count_codes(&tx, user.id).await?.total) {
            (Make::First, 1..) => return Err(has_codes()),
            (Make::Next, 0) => return Err(no_codes()),
            _ => {}
        }
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

    /// How many recovery codes the caller has.
    ///
    /// # Errors
    /// UNAUTHENTICATED; NOT_FOUND when there are none.
    pub async fn recovery_codes(&self, caller: &Caller) -> Result<RecoveryCodes> {
        let mut client = self.connection().await?;
        let tx = begin(&mut client).await?;
        let (user, _) = self.current(&tx, caller).await?;
        match count_codes(&tx, user.id).await? {
            RecoveryCodes { total: 0, .. } => Err(no_codes()),
            codes => Ok(codes),
        }
    }

    /// Removes the caller's recovery codes.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN without the second factor; NOT_FOUND when there are none.
    pub async fn remove_recovery_codes(&self, caller: &Caller, from: &Client) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        self.require_own_factor(&tx, &user, &session).await?;
        if forget_codes(&tx, user.id).await? == 0 {
            return Err(no_codes());
        }
        let details = json!({"removed": true});
        self.log(&tx, user.id, "auth_recovery_codes", details, from)
            .await?;
        Ok(tx.commit().await?)
    }

    /// New codes in the place of former ones.
    pub(super) async fn new_recovery_codes(
        &self,
        tx: &Transaction<'_>,
        user: Uuid,
    ) -> Result<Vec<Secret>> {
        forget_codes(tx, user).await?;
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

async fn count_codes(tx: &Transaction<'_>, user: Uuid) -> Result<RecoveryCodes> {
    let sql = "select count(*), count(*) filter (where used_at is null) from auth.mfa_recovery_codes \
               where user_id = $1";
    let row = tx.query_one(sql, &[&user]).await?;
    Ok(RecoveryCodes {
        total: row.get(0),
        remaining: row.get(1),
    })
}

/// Removes an account's codes; tells how many there were.
pub(super) async fn forget_codes(tx: &Transaction<'_>, user: Uuid) -> Result<u64> {
    let sql = "delete from auth.mfa_recovery_codes where user_id = $1";
    Ok(tx.execute(sql, &[&user]).await?)
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

fn has_codes() -> Error {
    Error::new(
        Code::Conflict,
        "There are recovery codes already: regenerate replaces them",
    )
}

fn no_codes() -> Error {
    Error::new(Code::NotFound, "You have no recovery codes").because(Reason::FactorUnknown)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
