//! The door to the data.

mod catalog;
mod connections;
mod transaction;
