//! What administrators do with the database. The functions check the caller themselves.

mod analyze_tables;
mod check_health;
mod check_integrity;
mod database_stats;
mod purge_activity_logs;
mod run_daily_maintenance;
mod security_audit;

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

/// The actions, in alphabetical order.
pub(super) fn actions() -> Vec<super::Action> {
    vec![
        analyze_tables::action(),
        check_health::action(),
        check_integrity::action(),
        database_stats::action(),
        purge_activity_logs::action(),
        run_daily_maintenance::action(),
        security_audit::action(),
    ]
}
