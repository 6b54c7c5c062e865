//! The door to the data.

mod catalog;
mod connections;
mod pipeline;
mod transaction;
