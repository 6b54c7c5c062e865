//! What happened to accounts, in `user_activity_logs`, when that logging is enabled; and what administrators
//! did, in `audit_entries`, always. Categories and privacy settings are honoured by the tables' triggers.

use deadpool_postgres::Transaction;
use serde_json::Value;
use uuid::Uuid;

use super::{Accounts, Client};
use crate::error::Result;

const INSERT: &str = "
    insert into public.user_activity_logs
      (user_id, activity_type, activity_category, activity_metadata, ip_address, user_agent, success,
       request_path, request_method, session_id)
    select $1, $2, 'authentication', $3, $4, $5, $6, left($7, 500), $8, $9::uuid::text
    where public.is_user_activity_logging_enabled()
      and exists (select from auth.users where id = $1)";

impl Accounts {
    /// Records a step that succeeded, as part of its transaction.
    pub(super) async fn log(
        &self,
        tx: &Transaction<'_>,
        user: Uuid,
        activity: &str,
        details: Value,
        from: &Client,
    ) -> Result<()> {
        write(tx, user, activity, details, from, true).await
    }

    /// Records a step that was refused.
    pub(super) async fn log_failure(
        &self,
        tx: &Transaction<'_>,
        user: Uuid,
        activity: &str,
        details: Value,
        from: &Client,
    ) -> Result<()> {
        write(tx, user, activity, details, from, false).await
    }
}

/// Records a step; `success` says whether it was let happen.
pub(super) async fn write(
    tx: &Transaction<'_>,
    user: Uuid,
    activity: &str,
    details: Value,
    from: &Client,
    success: bool,
) -> Result<()> {
    let statement = tx.prepare_cached(INSERT).await?;
    tx.execute(
        &statement,
        &[
            &user,
            &activity,
            &details,
            &from.ip,
            &from.user_agent,
            &success,
            &from.route.path(),
            &from.route.method(),
            &from.session_id,
        ],
    )
    .await?;
    Ok(())
}

const AUDIT: &str = "select private.record_audit($1, 'account', $2, $3, $4, $5, $6)";

/// Records what an administrator did with an account, as part of its transaction.
pub(super) async fn audit(
    tx: &Transaction<'_>,
    admin: Option<Uuid>,
    action: &str,
    target: Option<&str>,
    details: &Value,
    from: &Client,
) -> Result<()> {
    let statement = tx.prepare_cached(AUDIT).await?;
    tx.query(
        &statement,
        &[
            &action,
            &target,
            details,
            &admin,
            &from.ip,
            &from.user_agent,
        ],
    )
    .await?;
    Ok(())
}
