//! The tasks that write what was noted.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chrono::Utc;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Records, gauges};
use crate::{
    db::{Db, unless_read_only},
    error::Result,
    tasks::Tasks,
};

/// Faults that come in such a time are written together.
const GATHER: Duration = Duration::from_millis(500);
/// How long writing waits after it failed, at first and at most.
const PAUSE_MIN: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// Rows in one statement.
const BATCH: usize = 250;

const RECORD_FAULTS: &str = "select private.record_faults($1)";
const RECORD_OPERATIONS: &str = "select private.record_operations($1)";

pub(super) fn start(records: &Arc<Records>, db: &Db, data_dir: PathBuf, tasks: &Tasks) {
    let (kept, to) = (Arc::clone(records), db.clone());
    tasks.keep_until("record of faults", move |stop| {
        let (kept, to) = (Arc::clone(&kept), to.clone());
        async move { write_faults(&kept, &to, &stop).await }
    });
    let (kept, to) = (Arc::clone(records), db.clone());
    tasks.keep_until("figures of operations", move |stop| {
        let (kept, to, data_dir) = (Arc::clone(&kept), to.clone(), data_dir.clone());
        async move { write_operations(&kept, &to, &data_dir, &stop).await }
    });
}

/// Writes faults as they come, until the server stops; then what is left.
async fn write_faults(records: &Records, db: &Db, stop: &CancellationToken) -> Result<()> {
    let mut pause = GATHER;
    loop {
        let woken = stop.run_until_cancelled(records.faults.waiting.notified());
        if woken.await.is_none() {
            return records.flush_faults(db).await;
        }
        // More of the same is probably on its way.
        stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        pause = match unless_read_only(records.flush_faults(db).await) {
            Ok(()) => GATHER,
            Err(error) => {
                tracing::warn!(%error, "faults cannot be written down now; they wait");
                records.faults.waiting.notify_one();
                (pause * 2).clamp(PAUSE_MIN, PAUSE_MAX)
            }
        };
    }
}

/// Writes the figures of each minute when it is over.
async fn write_operations(
    records: &Records,
    db: &Db,
    data_dir: &Path,
    stop: &CancellationToken,
) -> Result<()> {
    loop {
        let next_minute = tokio::time::sleep(until_next_minute());
        let goes_on = stop.run_until_cancelled(next_minute).await.is_some();
        let written = unless_read_only(records.flush_operations(db).await);
        if !goes_on {
            return written;
        }
        let measured = unless_read_only(gauges::record(db, data_dir).await);
        if let Err(error) = written.and(measured) {
            tracing::warn!(%error, "figures cannot be written down now; they wait");
        }
    }
}

fn until_next_minute() -> Duration {
    let into_minute = Utc::now().timestamp_millis().rem_euclid(60_000);
    Duration::from_millis(60_000 - into_minute.unsigned_abs())
}

impl Records {
    /// Writes the faults that were noted. What cannot be written waits.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn flush_faults(&self, db: &Db) -> Result<()> {
        let mut rows = self.faults.take();
        while !rows.is_empty() {
            let batch = &rows[..rows.len().min(BATCH)];
            if let Err(error) = write(db, RECORD_FAULTS, &json!(batch)).await {
                self.faults.put_back(rows);
                return Err(error);
            }
            rows.drain(..rows.len().min(BATCH));
        }
        Ok(())
    }

    /// Writes the figures that were counted. What cannot be written waits.
    ///
    /// # Errors
    /// As [`Self::flush_faults`].
    pub async fn flush_operations(&self, db: &Db) -> Result<()> {
        let mut rows = self.operations.take(Utc::now());
        while !rows.is_empty() {
            let batch = &rows[..rows.len().min(BATCH)];
            if let Err(error) = write(db, RECORD_OPERATIONS, &json!(batch)).await {
                let gone = self.operations.put_back(rows);
                if gone > 0 {
                    tracing::warn!(gone, "figures of operations were given up: too many wait");
                }
                return Err(error);
            }
            rows.drain(..rows.len().min(BATCH));
        }
        Ok(())
    }
}

async fn write(db: &Db, sql: &str, rows: &serde_json::Value) -> Result<()> {
    let client = db.system().await?;
    let statement = client.prepare_cached(sql).await?;
    client.query(&statement, &[rows]).await?;
    Ok(())
}
