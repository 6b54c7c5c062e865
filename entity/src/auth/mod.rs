//! Accounts and sessions: the schema `auth`, which the API never shows.

pub mod users;
