//! `healthCheck`: whether the database is well.

pub(super) const SDL: &str = r#"
extend type Query {
  "Whether the database is well. For administrators."
  healthCheck: [DatabaseCheck!]!
}
"#;

sql_action!(
    anyone,
    "select coalesce(json_agg(json_build_object('name', check_name, 'status', status,
        'problems', null, 'details', details)), '[]')
      from public.health_check()"
);
