//! `runDailyMaintenance`: what is done once a day.

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Does at once what the server does daily: deletes what is past its time, at most 10,000 rows of a kind, refreshes analytics and statistics. For administrators. Answers what was done."
  runDailyMaintenance: JSON!
}
"#;

sql_action!(anyone, "select public.daily_maintenance()");
