//! Notes and documents beyond their tables: search, similarity, recovery, sharing.

use serde_json::Value;
use uuid::Uuid;

use super::{Outcome, RowRef};

/// A cluster by its id.
fn cluster(id: Uuid) -> Outcome {
    let key = vec![Value::String(id.to_string())];
    Outcome::Row(RowRef {
        table: "clusters".into(),
        key,
    })
}

/// A note by its id.
fn note(id: Uuid) -> Outcome {
    let key = vec![Value::String(id.to_string())];
    Outcome::Row(RowRef {
        table: "notes".into(),
        key,
    })
}

actions! {
    accept_cluster;
    accept_note_suggestion;
    add_document_comment: detached;
    dismiss_cluster;
    document_comments: detached;
    document_has_password;
    generate_document;
    generate_weekly_insight;
    refuse_note_suggestion;
    restore_note;
    search: prepared reading;
    set_document_password: detached;
    shared_document: detached;
    similar_notes: reading;
    soft_delete_note;
    suggest_clusters;
}
