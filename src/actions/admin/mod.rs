//! What administrators do with the database. The functions check the caller themselves.

pub mod analyze_tables;
pub mod check_health;
pub mod check_integrity;
pub mod database_stats;
pub mod purge_activity_logs;
pub mod run_daily_maintenance;
pub mod security_audit;

/// What the checks answer.
pub const TYPES: &str = r#"
"What a check of the database found."
type DatabaseCheck {
  "What was checked."
  name: String!
  "How it stands: ok, warning or critical."
  status: String!
  "How many problems there are."
  problems: BigInt
  "What was found, in words."
  details: String
}
"#;
