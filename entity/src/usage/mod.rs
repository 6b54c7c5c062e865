//! What was used, what it cost, how fast it was.

pub mod api_usage_logs;
pub mod performance_metrics;
pub mod rate_limit_tracking;
pub mod usage_logs;
