//! Refresh tokens: each is good once.
//!
//! Tabs of one browser share a token and may all present it at the same moment. So for ten seconds the
//! parent of the current token still answers, and with the same successor: that one is computed from the
//! parent (which only its holder has) and a nonce in the parent's row (which alone gives nothing), so
//! every server gives the same answer and the table holds hashes only. Any other reuse means that
//! somebody has a copy; it ends the session for both.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use deadpool_postgres::Transaction;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;
use uuid::Uuid;

use super::{
    Accounts, Client,
    limits::{self, Subject},
    secret::{Secret, random},
    sessions::{Issued, SessionRow},
    users,
    users::User,
};
use crate::error::{Code, Error, Reason, Result};

/// The token that was presented, read after its session was locked.
struct Presented {
    id: Uuid,
    used: bool,
    expired: bool,
    within_grace: bool,
    nonce: Option<Vec<u8>>,
    /// Whether its child is the current token of the session.
    child_is_current: bool,
}

impl Accounts {
    /// Exchanges a refresh token for the next pair.
    ///
    /// # Errors
    /// UNAUTHENTICATED when the token is unknown, expired or was used before (which ends its session),
    /// or its account is suspended; RATE_LIMITED.
    pub async fn refresh(&self, token: &Secret, from: &Client) -> Result<Issued> {
        let mut client = self.connection().await?;
        limits::count(
            &client,
            self.limits.refresh_per_address,
            Subject::Address(from.ip),
        )
        .await?;
        let tx = super::begin(&mut client).await?;
        let hash = hex::encode(token.digest());
        let Some((session, user)) = lock_family(&tx, &hash).await? else {
            return Err(invalid());
        };
        let presented = Presented::read(&tx, &hash).await?;
        if user.is_banned() {
            return Err(invalid().because(Reason::Banned));
        }
        if presented.expired {
            return Err(invalid());
        }
        let next = if !presented.used {
            self.rotate(&tx, &presented, token, &user, session.id, from)
                .await?
        } else if presented.within_grace && presented.child_is_current {
            successor(token, presented.nonce.as_deref().unwrap_or_default())
        } else {
            self.end_copied_session(tx, &user, session.id, from).await?;
            return Err(invalid().because(Reason::RefreshTokenUsed));
        };
        let issued = self.issue(user, &session, next)?;
        tx.commit().await?;
        Ok(issued)
    }

    async fn rotate(
        &self,
        tx: &Transaction<'_>,
        presented: &Presented,
        token: &Secret,
        user: &User,
        session: Uuid,
        from: &Client,
    ) -> Result<Secret> {
        let nonce = random::<32>()?;
        let next = successor(token, &nonce);
        // The clock, not the transaction's start: whoever waited for the lock comes later.
        let used = tx
            .prepare_cached(
                "update auth.refresh_tokens set used_at = clock_timestamp(), child_nonce = $2 where id = $1",
            )
            .await?;
        tx.execute(&used, &[&presented.id, &nonce.as_slice()])
            .await?;
        self.insert_refresh_token(tx, &next, user.id, session, Some(presented.id))
            .await?;
        let seen = tx
            .prepare_cached(
                "update auth.sessions set refreshed_at = now(), expires = now() + make_interval(days => $2), \
                   ip = coalesce($3, ip), user_agent = coalesce(left($4, 1000), user_agent) where id = $1",
            )
            .await?;
        let days = i32::try_from(self.settings.session_days).unwrap_or(i32::MAX);
        tx.execute(&seen, &[&session, &days, &from.ip, &from.user_agent])
            .await?;
        Ok(next)
    }

    /// Commits the end of a session whose token was presented twice: the caller's error must not undo it.
    async fn end_copied_session(
        &self,
        tx: Transaction<'_>,
        user: &User,
        session: Uuid,
        from: &Client,
    ) -> Result<()> {
        tx.execute("delete from auth.sessions where id = $1", &[&session])
            .await?;
        self.log_failure(
            &tx,
            user.id,
            "auth_refresh_token_reuse",
            json!({"session": session}),
            from,
        )
        .await?;
        tx.commit().await?;
        tracing::warn!(%session, user = %user.id, "a refresh token was used twice: its session was ended");
        Ok(())
    }
}

impl Presented {
    async fn read(tx: &Transaction<'_>, hash: &str) -> Result<Self> {
        let statement = tx
            .prepare_cached(
                "select t.id, t.used_at is not null as used, t.expires_at <= now() as expired, \
                   coalesce(t.used_at > clock_timestamp() - interval '10 seconds', false) as within_grace, \
                   t.child_nonce, \
                   exists (select from auth.refresh_tokens c \
                           where c.parent_id = t.id and c.used_at is null) as child_is_current \
                 from auth.refresh_tokens t where t.token_hash = $1",
            )
            .await?;
        // Between the lock and this the row can go only together with its session.
        let row = tx
            .query_opt(&statement, &[&hash])
            .await?
            .ok_or_else(invalid)?;
        Ok(Presented {
            id: row.get("id"),
            used: row.get("used"),
            expired: row.get("expired"),
            within_grace: row.get("within_grace"),
            nonce: row.get("child_nonce"),
            child_is_current: row.get("child_is_current"),
        })
    }
}

/// Locks the account and then the session of a token, in the order in which everything else locks them.
async fn lock_family(tx: &Transaction<'_>, hash: &str) -> Result<Option<(SessionRow, User)>> {
    let statement = tx
        .prepare_cached("select user_id, session_id from auth.refresh_tokens where token_hash = $1")
        .await?;
    let Some(row) = tx.query_opt(&statement, &[&hash]).await? else {
        return Ok(None);
    };
    let Some(user) = users::by_id(tx, row.get(0)).await? else {
        return Ok(None);
    };
    let statement = tx
        .prepare_cached(
            "select id, aal, amr from auth.sessions where id = $1 and expires > now() for update",
        )
        .await?;
    let session = tx.query_opt(&statement, &[&row.get::<_, Uuid>(1)]).await?;
    Ok(session.map(|session| (SessionRow::from_row(&session), user)))
}

/// The token that follows one: the same for everybody who has that one and the nonce.
fn successor(token: &Secret, nonce: &[u8]) -> Secret {
    // The key is padded to a block by hand, which is what HMAC does with short keys anyway.
    let mut key = [0; 64];
    for (place, byte) in key.iter_mut().zip(token.expose().bytes()) {
        *place = byte;
    }
    let mut mac = <Hmac<Sha256>>::new(&key.into());
    mac.update(b"refresh token");
    mac.update(nonce);
    Secret::new(BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// One answer to all that is wrong with a token.
fn invalid() -> Error {
    Error::new(
        Code::Unauthenticated,
        "The session has ended; sign in again",
    )
    .because(Reason::RefreshTokenUnknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_successor_needs_both_the_token_and_the_nonce() {
        let (token, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        let next = |token: &Secret, nonce: &[u8]| successor(token, nonce).expose().to_owned();
        assert_eq!(next(&token, b"nonce"), next(&token, b"nonce"));
        assert_ne!(next(&token, b"nonce"), next(&token, b"other"));
        assert_ne!(next(&token, b"nonce"), next(&other, b"nonce"));
        assert_eq!(next(&token, b"nonce").len(), 43);
    }
}
