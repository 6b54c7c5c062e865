//! Who may use a private channel: the policies on `realtime.messages` say, exactly as on Supabase.
//!
//! To read, a policy `for select` must show the caller a row of that topic and extension; to write, a policy
//! `for insert` must let them insert one. Both are tried, with `realtime.topic()` set, in a transaction that
//! is rolled back. A policy that raises an error allows nothing.

use tokio_postgres::error::SqlState;
use uuid::Uuid;

use crate::{
    auth::{Caller, Role},
    db::{Absence, Db},
    error::Result,
};

/// What a caller may do on a private channel, one way (to read, or to write).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access {
    /// Broadcasts.
    pub broadcast: bool,
    /// Presence.
    pub presence: bool,
}

impl Access {
    /// Everything: what public channels allow.
    pub const FULL: Access = Access {
        broadcast: true,
        presence: true,
    };
}

const PROBE: &str = "insert into realtime.messages (id, topic, extension, private) \
                     values ($1, $3, 'broadcast', true), ($2, $3, 'presence', true)";
const BECOME: &str = "select set_config('realtime.topic', $1, true), set_config('request.jwt.claims', $2, true), \
                      set_config('request.jwt.claim.sub', $3, true), set_config('request.jwt.claim.role', $4, true), \
                      set_config('role', $4, true)";
const VISIBLE: &str = "select id from realtime.messages where id in ($1, $2)";
const WRITE: &str =
    "insert into realtime.messages (topic, extension, private) values ($1, $2, true)";

/// What the caller may read on the private channel `topic`.
///
/// # Errors
/// UNAVAILABLE when the database does not answer.
pub async fn readable(db: &Db, caller: &Caller, topic: &str) -> Result<Access> {
    if caller.role == Role::ServiceRole {
        return Ok(Access::FULL);
    }
    let mut client = db.system().await?;
    let transaction = client.transaction().await?;
    let (broadcast, presence) = (Uuid::new_v4(), Uuid::new_v4());
    let probe = transaction.prepare_cached(PROBE).await?;
    transaction
        .execute(&probe, &[&broadcast, &presence, &topic])
        .await?;
    become_caller(&transaction, caller, topic).await?;
    let visible = transaction.query(VISIBLE, &[&broadcast, &presence]).await;
    let access = match visible {
        Ok(rows) => {
            let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
            Access {
                broadcast: ids.contains(&broadcast),
                presence: ids.contains(&presence),
            }
        }
        Err(error) => refused(error, topic)?,
    };
    transaction.rollback().await?;
    Ok(access)
}

/// What the caller may write on the private channel `topic`.
///
/// # Errors
/// UNAVAILABLE when the database does not answer.
pub async fn writable(db: &Db, caller: &Caller, topic: &str) -> Result<Access> {
    if caller.role == Role::ServiceRole {
        return Ok(Access::FULL);
    }
    let mut client = db.system().await?;
    let mut access = Access::default();
    for (extension, allowed) in [
        ("broadcast", &mut access.broadcast),
        ("presence", &mut access.presence),
    ] {
        let transaction = client.transaction().await?;
        become_caller(&transaction, caller, topic).await?;
        *allowed = match transaction.execute(WRITE, &[&topic, &extension]).await {
            Ok(_) => true,
            Err(error) => refused(error, topic)?.broadcast,
        };
        transaction.rollback().await?;
    }
    Ok(access)
}

async fn become_caller(
    transaction: &deadpool_postgres::Transaction<'_>,
    caller: &Caller,
    topic: &str,
) -> Result<()> {
    let subject = caller.user_id.map(|id| id.to_string()).unwrap_or_default();
    let statement = transaction.prepare_cached(BECOME).await?;
    transaction
        .execute(
            &statement,
            &[
                &topic,
                &&*caller.claims_json,
                &subject,
                &caller.role.as_str(),
            ],
        )
        .await?;
    Ok(())
}

/// A policy that refuses, or raises, allows nothing; everything else is no judgement of it.
fn refused(error: tokio_postgres::Error, topic: &str) -> Result<Access> {
    match error.as_db_error() {
        Some(refusal) if *refusal.code() == SqlState::INSUFFICIENT_PRIVILEGE => {
            Ok(Access::default())
        }
        // The database's state, and no judgement of a policy.
        Some(failure) if Absence::of_state(failure.code().code()).is_some() => Err(error.into()),
        Some(failure) => {
            tracing::warn!(
                topic,
                code = failure.code().code(),
                message = failure.message(),
                "a policy failed"
            );
            Ok(Access::default())
        }
        None => Err(error.into()),
    }
}
