//! `purgeActivityLogs`: deletes logs that are older than the settings keep them.

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Deletes logs that are older than the logging settings keep them. For administrators."
  purgeActivityLogs: PurgedLogs!
}
"How many log rows were deleted."
type PurgedLogs {
  "Of what people did."
  userLogs: BigInt!
  "Of what agents did."
  agentLogs: BigInt!
  "Of errors."
  errorLogs: BigInt!
}
"#;

sql_action!(
    anyone,
    "select json_build_object('userLogs', user_logs_deleted::text,
        'agentLogs', agent_logs_deleted::text, 'errorLogs', error_logs_deleted::text)
      from public.purge_old_activity_logs()"
);
