//! Notes and documents beyond their tables: search, similarity, recovery, sharing.

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

actions! {
    add_document_comment: detached;
    document_comments: detached;
    document_has_password;
    restore_note;
    search: prepared;
    set_document_password: detached;
    shared_document: detached;
    similar_notes;
    soft_delete_note;
}
