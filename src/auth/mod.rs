//! Token in, [`Caller`] out. This module knows no tables.

mod caller;

pub use caller::{Caller, Role};
