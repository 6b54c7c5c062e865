//! What happened is on record by itself: faults of the server as rows of `error_logs`, how operations fared as rows of
//! `performance_metrics`, and who did what as rows of `user_activity_logs`.
//!
//! Nothing here waits for the database while a request is answered: what is noted is kept within a bound, and written
//! by tasks in the background. Activities alone are written in the transaction that they are about, by its triggers; all
//! that is done here for them is to say that they are wanted.

pub mod activity;
mod buckets;
pub mod faults;
mod gauges;
mod nature;
pub mod operations;
pub mod panics;
pub mod totals;
mod writer;

use std::{path::PathBuf, sync::Arc};

use crate::{db::Db, tasks::Tasks};

pub use gauges::server_name;

use activity::Activity;
use faults::Faults;
use operations::Operations;

/// What one server keeps until it is written.
#[derive(Debug, Default)]
pub struct Records {
    /// What went wrong with the server.
    pub faults: Faults,
    /// How often operations were asked for, and how long they took.
    pub operations: Operations,
    /// Whether activities are logged.
    pub activity: Activity,
}

impl Records {
    /// Starts to write what is noted, and to look at the disk with `data_dir` once a minute.
    pub fn start(self: &Arc<Self>, db: &Db, data_dir: PathBuf, tasks: &Tasks) {
        panics::watch();
        let records = Arc::clone(self);
        tasks.on_panic(move |job| records.faults.job_panicked(job));
        writer::start(self, db, data_dir, tasks);
    }
}
