//! What a person shows of themselves and how they like to work.

pub mod user_preferences;
pub mod users;
