//! Projects beyond their tables.

pub mod accept_invitation;
mod answer;
pub mod cancel_invitation;
pub mod decline_invitation;
pub mod duplicate_project;
pub mod invite_collaborator;
pub mod leave_project;
pub mod monthly_api_costs;
pub mod my_invitations;
pub mod people;
pub mod project_quota;
pub mod project_stats;
pub mod restore_project;
pub mod soft_delete_project;
pub mod transfer_project;

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
