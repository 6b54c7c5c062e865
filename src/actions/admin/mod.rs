//! What administrators do with the database. The functions check the caller themselves.

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

actions! {
    analyze_tables;
    check_health;
    check_integrity;
    configuration_history: following;
    database_stats;
    database_waits;
    health_report: following;
    index_stats;
    load_demo_data: detached;
    purge_activity_logs;
    put_back_configuration;
    run_daily_maintenance;
    security_audit;
    slow_statements;
}
