//! `storage.remove_files`: bytes go that no row tells of: of files that were removed or replaced, of uploads that were given
//! up, and the pieces of uploads that a server did not take away any more.

use serde::Deserialize;
use serde_json::json;

use crate::{
    error::Error,
    jobs::{JobContext, JobError, Outcome},
};

/// Nothing to say.
#[derive(Deserialize)]
pub struct Payload {}

/// Removes them in steps until nothing is left. No transaction is open while the place of files is at it.
///
/// # Errors
/// When the place of files or the database does not answer, or the job is another's by now.
pub async fn run(context: &JobContext, _payload: Payload) -> Result<Outcome, JobError> {
    let storage = &context.app().storage;
    if storage.check_ours().is_err() {
        return Ok(Outcome::Done(json!({ "removed": 0 })));
    }
    let step = context.transaction().await?;
    let expired = storage.expire_uploads(&step).await.map_err(Error::from)?;
    step.commit().await?;
    let mut removed = 0;
    loop {
        let step = context.transaction().await?;
        let waiting = storage.waiting_removals(&step).await.map_err(Error::from)?;
        step.commit().await?;
        if waiting.is_empty() {
            break;
        }
        let (gone, failed) = storage.remove_contents(&waiting).await;
        let step = context.transaction().await?;
        let noted = storage.note_removed(&step, &gone).await;
        removed += noted.map_err(Error::from)?;
        step.commit().await?;
        if let Some(error) = failed {
            return Err(Error::from(error).into());
        }
    }
    let left = storage.left_pieces().await.map_err(Error::from)?;
    storage
        .remove_left_pieces(&left)
        .await
        .map_err(Error::from)?;
    Ok(Outcome::Done(
        json!({ "removed": removed, "expiredUploads": expired, "leftPieces": left.len() }),
    ))
}
