//! Documents made from notes, and the index that search looks at.

pub mod documents;
pub mod search_index;
