//! Who looked at what: administrators see other people's rows, and that they looked is written down before they do.

use serde_json::Value;

use super::Execution;
use crate::{auth::Role, db::Absence, engine::operation::Plan, error::Result};

/// Which tables show other people's rows is the database's to say, and it writes one entry a minute for the same look.
const RECORD: &str = "select private.record_admin_read($1, $2, $3, $4, $5, $6)";

/// Writes down that an administrator runs a query. Nobody else's takes any time.
///
/// # Errors
/// When it cannot be written down: then nothing is shown. A database that takes no changes shows what it has.
pub async fn record(execution: Execution<'_>, plan: &Plan) -> Result<()> {
    let context = execution.context;
    let caller = &context.caller;
    if caller.role != Role::Authenticated || plan.reads.is_empty() || !caller.is_admin() {
        return Ok(());
    }
    match write(execution, plan).await {
        Err(error) if Absence::behind(&error) == Some(Absence::ReadOnly) => {
            tracing::warn!(%error, user = ?caller.user_id, "what an administrator reads cannot be written down");
            Ok(())
        }
        written => written,
    }
}

async fn write(execution: Execution<'_>, plan: &Plan) -> Result<()> {
    let context = execution.context;
    let tables: Vec<String> = plan
        .reads
        .iter()
        .map(|id| execution.api.model.table(*id))
        .map(|table| format!("{}.{}", table.schema, table.name))
        .collect();
    let keys: Vec<&str> = plan.roots.iter().map(|root| root.key.as_str()).collect();
    let client = execution.db.system().await?;
    let statement = client.prepare_cached(RECORD).await?;
    let parameters: [&(dyn postgres_types::ToSql + Sync); 6] = [
        &context.caller.user_id,
        &tables,
        &keys.join(", "),
        &Value::Object(execution.variables.clone()),
        &context.client_ip,
        &context.user_agent.as_deref(),
    ];
    client.query(&statement, &parameters).await?;
    Ok(())
}
