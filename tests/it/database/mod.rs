//! The door to the data.

mod catalog;
mod connections;
mod errors;
mod lanes;
mod pipeline;
mod search_path;
mod transaction;
