//! Notes and documents beyond their tables: search, similarity, recovery, sharing.

mod add_document_comment;
mod document_comments;
mod document_has_password;
mod restore_note;
mod search;
mod set_document_password;
mod shared_document;
mod similar_notes;
mod soft_delete_note;

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

/// The actions, in alphabetical order.
pub(super) fn actions() -> Vec<super::Action> {
    vec![
        add_document_comment::action(),
        document_comments::action(),
        document_has_password::action(),
        restore_note::action(),
        search::action(),
        set_document_password::action(),
        shared_document::action(),
        similar_notes::action(),
        soft_delete_note::action(),
    ]
}
