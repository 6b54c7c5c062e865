//! `upkeep.analyze_tables`: the statistics that plans are made from are renewed.

use serde::Deserialize;
use serde_json::json;

use crate::jobs::{JobContext, JobError, Outcome};

const ANALYSES: &str = "
    select format('analyze public.%I', relname) from pg_catalog.pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname";

/// Nothing to say.
#[derive(Deserialize)]
pub struct Payload {}

/// Renews the statistics of one table after another: together they would hold all of them.
///
/// # Errors
/// When the database refuses or does not answer.
pub async fn run(context: &JobContext, _payload: Payload) -> Result<Outcome, JobError> {
    let client = context.app().db.system().await?;
    let analyses = client.query(ANALYSES, &[]).await?;
    let count = i32::try_from(analyses.len()).unwrap_or(i32::MAX);
    for (done, row) in (0..).zip(&analyses) {
        client.batch_execute(row.get(0)).await?;
        context.progress(done * 100 / count.max(1)).await?;
    }
    Ok(Outcome::Done(json!({ "tables": count })))
}
