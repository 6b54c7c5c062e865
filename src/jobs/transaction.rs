//! A transaction that commits only while the job is its attempt's.

use std::ops::Deref;

use deadpool_postgres::ClientWrapper;
use serde_json::Value;
use uuid::Uuid;

use super::{JobError, Outcome};
use crate::db::{Db, SystemTransaction};

/// The row is held: nobody takes the job from the attempt before the transaction ends.
const HOLD: &str = "
    select from public.job_queue where id = $1 and fence = $2 and status = 'processing' for update";
const COMPLETE: &str = "
    update public.job_queue
    set status = 'completed', lease_holder = null, lease_expires_at = null, losses = 0, error = null, result = $2
    where id = $1";

/// A transaction of the server, bound to an attempt. Dropped unfinished, it is rolled back.
pub struct JobTransaction {
    begun: SystemTransaction,
    id: Uuid,
}

impl JobTransaction {
    pub(super) async fn begin(db: &Db, id: Uuid, fence: i64) -> Result<Self, JobError> {
        match db.begin_system_with(HOLD, &[&id, &fence]).await? {
            (begun, Some(_)) => Ok(JobTransaction { begun, id }),
            (_, None) => Err(JobError::Lost),
        }
    }

    /// Commits what it did; the attempt goes on.
    ///
    /// # Errors
    /// When the database refuses or does not answer.
    pub async fn commit(self) -> Result<(), JobError> {
        Ok(self.begun.commit().await?)
    }

    /// Commits what it did together with the job's end: an effect that happens once.
    ///
    /// # Errors
    /// When the database refuses or does not answer.
    pub async fn complete(self, result: Value) -> Result<Outcome, JobError> {
        let complete = self.begun.prepare_cached(COMPLETE).await?;
        let result = (!result.is_null()).then_some(result);
        self.begun.execute(&complete, &[&self.id, &result]).await?;
        self.begun.commit().await?;
        Ok(Outcome::Written)
    }
}

impl Deref for JobTransaction {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.begun
    }
}
