//! `clusters.offer`: proposes a note for the accepted cluster that it is most like.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    clustering::{COHESION_MIN, JOIN_SHARE, SMALLEST},
    jobs::{JobContext, JobError, Outcome},
};

const PROPOSE: &str = "select private.propose_note($1, $2, $3, $4)";

/// What to look at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    /// The note. Nothing happens if it is gone, or in a cluster by now.
    pub note_id: Uuid,
}

/// Proposes it, if there is a cluster of its owner that it is like and that did not refuse it.
///
/// # Errors
/// When the database refuses or does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, payload: Payload) -> Result<Outcome, JobError> {
    let step = context.transaction().await?;
    let propose = step.prepare_cached(PROPOSE).await?;
    let row = step
        .query_opt(
            &propose,
            &[
                &payload.note_id,
                &JOIN_SHARE,
                &COHESION_MIN,
                &(SMALLEST as i64),
            ],
        )
        .await?;
    let cluster: Option<Uuid> = row.map(|row| row.try_get(0)).transpose()?;
    step.complete(json!({ "clusterId": cluster })).await
}
