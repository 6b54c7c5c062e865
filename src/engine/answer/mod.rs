//! Answers: from rows, from what custom operations answered, from the change log and from the schema's description to
//! JSON. Each source has a file; objects and lists are written by [`Fields`](super::encode::Fields) and
//! [`write_list`](super::encode::write_list) for all of them.

mod encoded;
mod introspection;
mod logged;
mod outcome;
mod page;
mod payload;
mod rows;
mod value;

pub use encoded::EncodedRows;
pub use introspection::DESCRIPTION_MAX_BYTES;
pub use outcome::{LoadedRows, write_outcome};
pub use payload::write_payload;
pub use rows::{AnswerError, ReadResult, RowWriter};
pub use value::write_value;
