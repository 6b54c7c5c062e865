//! Errors, and what people and agents did.

pub mod agent_activity_logs;
pub mod audit_entries;
pub mod error_logs;
pub mod user_activity_logs;
