//! `integrityCheck`: whether counters and references agree with the rows.

pub(super) const SDL: &str = r#"
extend type Query {
  "Whether counters and references agree with the rows. For administrators."
  integrityCheck: [DatabaseCheck!]!
}
"#;

sql_action!(
    anyone,
    "select coalesce(json_agg(json_build_object('name', check_name, 'status', status,
        'problems', problems::text, 'details', details)), '[]')
      from public.integrity_check()"
);
