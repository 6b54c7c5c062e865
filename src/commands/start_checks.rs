//! What `serve` looks at before it answers anybody.

use super::Failure;
use crate::catalog::{self, AccessReport};
use crate::db::Db;

/// How many differences a message names; `mindloom verify` names all.
const NAMED_MAX: usize = 8;

/// Looks whether the database protects its rows as the migrations do. What is missing otherwise is said in the log.
///
/// # Errors
/// When it does not, unless `is_allowed`; or when its catalog cannot be read.
pub(super) async fn access(db: Db, is_allowed: bool) -> Result<(), Failure> {
    let mut client = db.system().await?;
    let AccessReport { open, different } = catalog::check_access(&mut client).await?;
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

fn named(all: &[String]) -> String {
    let rest = all.len().saturating_sub(NAMED_MAX);
    let mut text = all[..all.len() - rest].join("; ");
    if rest > 0 {
        text.push_str(&format!("; and {rest} more"));
    }
    text
}
