//! Documents made from notes, and the index that search looks at.

pub mod document_comments;
#[expect(
    clippy::module_inception,
    reason = "the domain is named after its main table"
)]
pub mod documents;
pub mod search_index;
