//! What a person shows of themselves and how they like to work.

pub mod users;
