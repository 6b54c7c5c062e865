//! GraphQL selections compiled to SQL, run as the caller, and answered as bytes.
//!
//! The modules are the stages that an operation passes: document and input (what was asked), plan and
//! sql (how to ask the database), run, and [`encode`] (the answer's bytes). It names no table.

mod calendar;
pub mod cursor;
pub mod encode;
pub mod value;
