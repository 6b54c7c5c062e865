//! Projects beyond their tables.

pub mod duplicate_project;
pub mod monthly_api_costs;
pub mod project_stats;
pub mod restore_project;
pub mod soft_delete_project;

use serde_json::Value;
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
