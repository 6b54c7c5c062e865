//! Projects beyond their tables.

mod accept_invitation;
mod answer;
mod cancel_invitation;
mod decline_invitation;
mod duplicate_project;
mod invite_collaborator;
mod leave_project;
mod monthly_api_costs;
mod my_invitations;
mod people;
mod project_quota;
mod project_stats;
mod restore_project;
mod soft_delete_project;
mod transfer_project;

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

/// The actions, in alphabetical order.
pub(super) fn actions() -> Vec<super::Action> {
    vec![
        accept_invitation::action(),
        cancel_invitation::action(),
        decline_invitation::action(),
        duplicate_project::action(),
        invite_collaborator::action(),
        leave_project::action(),
        monthly_api_costs::action(),
        my_invitations::action(),
        people::action(),
        project_quota::action(),
        project_stats::action(),
        restore_project::action(),
        soft_delete_project::action(),
        transfer_project::action(),
    ]
}
