//! What people do with jobs and schedules. The functions check the caller themselves.

use serde_json::Value;
use uuid::Uuid;

use super::{Outcome, RowRef};
use crate::error::{Code, Error};

/// A job by its id.
fn job(id: Uuid) -> Outcome {
    let key = vec![Value::String(id.to_string())];
    Outcome::Row(RowRef {
        table: "job_queue".into(),
        key,
    })
}

/// The caller sees no such job.
fn no_job() -> Error {
    Error::new(Code::NotFound, "There is no such job")
}

/// There is no such schedule.
fn no_schedule(name: &str) -> Error {
    let name: String = name.chars().take(100).collect();
    let said = format!("There is no schedule {name:?}; `jobSchedules` lists them");
    Error::new(Code::NotFound, said)
}

actions! {
    cancel_job;
    resume_provider;
    retry_job;
    run_schedule;
    update_schedule;
}
