//! Accounts and sessions: the schema `auth`, which the API never shows.

pub mod accounts;
pub mod refresh_tokens;
pub mod sessions;
pub mod users;
pub mod verification_tokens;
