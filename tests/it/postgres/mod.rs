//! The embedded PostgreSQL, through the binary that runs it.

mod lifecycle;
mod refusals;
mod survival;
