//! What `serve` looks at before it answers anybody.

use super::{Failure, keys, pending};
use crate::accounts::key_checks;
use crate::config::Settings;
use crate::db::Db;
use crate::drift::{self, AccessReport};

/// How many differences a message names; `mindloom verify` names all.
const NAMED_MAX: usize = 8;

/// Looks whether the database protects its rows as the migrations do. What is missing otherwise is said in the log.
///
/// # Errors
/// When it does not, unless `is_allowed`; or when its catalog cannot be read.
pub(super) async fn access(db: Db, is_allowed: bool) -> Result<(), Failure> {
    let mut client = db.system().await?;
    let AccessReport { open, different } = drift::check_access(&mut client).await?;
    if !different.is_empty() {
        tracing::warn!(
            differences = named(&different),
            "the database differs from what the migrations make; `mindloom verify` names everything"
        );
    }
    if open.is_empty() {
        return Ok(());
    }
    if is_allowed {
        tracing::warn!(
            differences = named(&open),
            "what protects the rows differs from what the migrations make; served all the same"
        );
        return Ok(());
    }
    let open = named(&open);
    Err(format!(
        "what protects the rows differs from what the migrations make: {open}. `mindloom verify` names everything. \
         Mend it, or serve all the same with --allow-schema-differences"
    )
    .into())
}

/// Looks whether a database that takes no changes can be served for reading.
///
/// # Errors
/// When migrations are missing in it, which nobody can apply there.
pub(super) async fn read_only(db: &Db) -> Result<(), Failure> {
    let pending = pending(db).await?;
    if let Some(first) = pending.first() {
        let count = pending.len();
        return Err(format!(
            "the database takes no changes (a standby, or set to read-only), and migrations are missing in it: {count}, \
             from {first}; apply them where it takes changes"
        )
        .into());
    }
    tracing::warn!(
        "the database takes no changes (a standby, or set to read-only): it is served for reading; changes, sign-ins \
         and subscriptions are UNAVAILABLE until it does"
    );
    Ok(())
}

/// Puts back what writes the change log where a restore has left it out. What stands in the way of that is said, and
/// keeps nobody from being served.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn log_triggers(db: &Db) -> Result<(), Failure> {
    let client = db.system().await?;
    match client.query_one("select realtime.mend_log()", &[]).await {
        Ok(row) => {
            let mended: Vec<String> = row.get(0);
            if !mended.is_empty() {
                tracing::warn!(
                    tables = named(&mended),
                    "log triggers were missing and have been put back; what was changed without them was told to no \
                     subscriber, and cursors from before have to be made anew"
                );
            }
        }
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(
                error,
                "it cannot be seen to whether all log triggers are there"
            );
        }
    }
    Ok(())
}

/// Looks whether this server's secrets are those that the database was served with.
///
/// # Errors
/// Names the setting that has another one.
pub(super) async fn secrets(db: &Db, settings: &Settings, secret: &[u8]) -> Result<(), Failure> {
    let vault = keys::open_vault(settings)?;
    let client = db.system().await?;
    key_checks::check(&client, secret, &vault, settings.auth.accept_new_secrets).await?;
    Ok(())
}

fn named(all: &[String]) -> String {
    let rest = all.len().saturating_sub(NAMED_MAX);
    let mut text = all[..all.len() - rest].join("; ");
    if rest > 0 {
        text.push_str(&format!("; and {rest} more"));
    }
    text
}
