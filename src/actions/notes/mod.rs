//! Notes and documents beyond their tables: search, similarity, recovery, sharing.

pub mod add_document_comment;
pub mod document_comments;
pub mod document_has_password;
pub mod restore_note;
pub mod search;
pub mod set_document_password;
pub mod shared_document;
pub mod similar_notes;
pub mod soft_delete_note;

use serde_json::Value;
use uuid::Uuid;

use super::{Outcome, RowRef};

/// A note by its id.
fn note(id: Uuid) -> Outcome {
    let key = vec![Value::String(id.to_string())];
    Outcome::Row(RowRef {
        table: "notes".into(),
        key,
    })
}
