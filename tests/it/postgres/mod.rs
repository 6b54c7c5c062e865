//! The embedded PostgreSQL, through the binary that runs it.

mod lifecycle;
mod quiet;
mod refusals;
mod survival;
