//! The door to the data.

mod catalog;
mod connections;
mod pipeline;
mod search_path;
mod transaction;
