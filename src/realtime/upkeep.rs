//! The upkeep of the log: partitions ahead of time, and an end to its age and size.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;

use crate::config::ChangeLogSettings;
use crate::db::{Db, unless_read_only};
use crate::error::{Code, Error};
use crate::tasks::{Every, Tasks};

/// How often partitions of the log are made and dropped.
const EVERY: Duration = Duration::from_secs(60);
/// Another server is at it for a minute; who is refused this often in a row is kept from it by something else.
const CONFLICTS_MAX: u32 = 5;
const MIB: i64 = 1024 * 1024;

/// What the log may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    retention_hours: i32,
    max_bytes: i64,
}

impl Limits {
    pub fn new(settings: &ChangeLogSettings) -> Self {
        Limits {
            retention_hours: i32::try_from(settings.retention_hours).unwrap_or(i32::MAX),
            max_bytes: i64::from(settings.change_log_max_mb) * MIB,
        }
    }

    /// From here on the operator is warned.
    fn warn_bytes(self) -> i64 {
        self.max_bytes / 5 * 4
    }
}

/// How full the log is, as the operator was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fill {
    Roomy,
    Nearly,
    Over,
}

/// Starts to keep the log.
pub(super) fn start(tasks: &Tasks, db: &Db, limits: Limits) {
    let db = db.clone();
    let told = Arc::new(Mutex::new(Fill::Roomy));
    let conflicts = Arc::new(Mutex::new(0));
    tasks.every(
        "upkeep of the change log",
        Every::from_now(EVERY),
        move || {
            let (db, told, conflicts) = (db.clone(), Arc::clone(&told), Arc::clone(&conflicts));
            async move {
                let kept = later(keep(&db, limits).await, &mut conflicts.lock());
                if let Some(size) = unless_read_only(kept)? {
                    let mut told = told.lock();
                    *told = tell(size, limits, *told);
                }
                Ok::<_, Error>(())
            }
        },
    );
}

/// Nothing where another server of the database is at it, a few times in a row at most.
fn later(kept: Result<i64, Error>, conflicts: &mut u32) -> Result<Option<i64>, Error> {
    match kept {
        Err(error) if error.code() == Code::Conflict => {
            *conflicts += 1;
            if *conflicts >= CONFLICTS_MAX {
                return Err(error);
            }
            tracing::debug!(%error, "the change log is kept a minute later");
            Ok(None)
        }
        kept => {
            *conflicts = 0;
            kept.map(Some)
        }
    }
}

/// Does what is due, and returns how large the log is then, in bytes.
async fn keep(db: &Db, limits: Limits) -> Result<i64, Error> {
    /// How far transaction ids may run ahead of the one that is noted: see m0081.
    const NOTE_EVERY_IDS: i64 = 1_000;
    let client = db.system().await?;
    client
        .execute(
            "update realtime.log_settings \
             set retention = make_interval(hours => $1), seen_xid = pg_current_xact_id() \
             where retention <> make_interval(hours => $1) \
               or seen_xid::text::bigint + $2 < pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
            &[&limits.retention_hours, &NOTE_EVERY_IDS],
        )
        .await?;
    client
        .batch_execute("select realtime.maintain_log()")
        .await?;
    let kept = "select size_bytes, dropped from realtime.limit_log($1)";
    let row = client.query_one(kept, &[&limits.max_bytes]).await?;
    let (size, dropped): (i64, i32) = (row.get(0), row.get(1));
    if dropped > 0 {
        tracing::warn!(
            partitions = dropped,
            size_bytes = size,
            max_bytes = limits.max_bytes,
            "the change log had grown over MINDLOOM_CHANGE_LOG_MAX_MB: its oldest changes went, and whoever comes back \
             with a cursor into them reads anew"
        );
    }
    Ok(size)
}

/// Warns once when the log comes near its limit or stays over it.
fn tell(size_bytes: i64, limits: Limits, told: Fill) -> Fill {
    let fill = match size_bytes {
        size if size > limits.max_bytes => Fill::Over,
        size if size > limits.warn_bytes() => Fill::Nearly,
        _ => Fill::Roomy,
    };
    let max_bytes = limits.max_bytes;
    match fill {
        _ if fill == told => {}
        Fill::Over => tracing::error!(
            size_bytes,
            max_bytes,
            "the change log is over MINDLOOM_CHANGE_LOG_MAX_MB and cannot be cut now: a transaction that is open \
             for long keeps it"
        ),
        Fill::Nearly => tracing::warn!(
            size_bytes,
            max_bytes,
            "the change log has used four fifths of MINDLOOM_CHANGE_LOG_MAX_MB: soon the oldest changes go before \
             their time"
        ),
        Fill::Roomy => {}
    }
    fill
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_that_stays_is_an_error() {
        let conflict = || Err(Error::new(Code::Conflict, "canceled"));
        let mut conflicts = 0;
        for _ in 0..2 {
            for _ in 1..CONFLICTS_MAX {
                assert_eq!(later(conflict(), &mut conflicts).unwrap(), None);
            }
            for _ in 0..2 {
                let error = later(conflict(), &mut conflicts).unwrap_err();
                assert_eq!(error.code(), Code::Conflict);
            }
            assert_eq!(later(Ok(7), &mut conflicts).unwrap(), Some(7));
        }
    }

    #[test]
    fn the_operator_is_told_once_each_time_the_log_fills() {
        let limits = Limits {
            retention_hours: 24,
            max_bytes: 1000,
        };
        for (size, fill) in [
            (800, Fill::Roomy),
            (801, Fill::Nearly),
            (1000, Fill::Nearly),
            (1001, Fill::Over),
        ] {
            assert_eq!(tell(size, limits, Fill::Roomy), fill, "{size}");
        }
    }
}
