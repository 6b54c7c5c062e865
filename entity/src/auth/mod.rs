//! Accounts and sessions: the schema `auth`, which the API never shows.

pub mod accounts;
pub mod ended_sessions;
pub mod mail_outbox;
pub mod mfa_factors;
pub mod mfa_recovery_codes;
pub mod oauth_flows;
pub mod refresh_tokens;
pub mod sessions;
pub mod signing_keys;
pub mod users;
pub mod verification_tokens;
