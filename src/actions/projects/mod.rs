//! Projects beyond their tables.

mod answer;
mod outline;

use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Outcome, RowRef};

/// A project by its id.
fn project(id: Uuid) -> Outcome {
    let key = vec![Value::String(id.to_string())];
    Outcome::Row(RowRef {
        table: "projects".into(),
        key,
    })
}

/// Whether a function answered that it found what it was to change.
fn is_true(rows: &[Row]) -> bool {
    rows.first()
        .is_some_and(|row| row.try_get(0).unwrap_or(false))
}

actions! {
    accept_invitation;
    cancel_invitation;
    decline_invitation;
    duplicate_project;
    generate_from_project;
    invite_collaborator: detached;
    leave_project;
    monthly_api_costs;
    my_invitations;
    people;
    project_quota;
    project_stats;
    restore_project;
    soft_delete_project;
    transcribe_recording;
    transfer_project;
}
