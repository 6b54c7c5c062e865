//! `securityAudit`: what leaves the database open.

pub(super) const SDL: &str = r#"
extend type Query {
  "What leaves the database more open than it should be. For administrators."
  securityAudit: [SecurityFinding!]!
}
"Something that leaves the database open."
type SecurityFinding {
  "How bad it is: critical or warning."
  severity: String!
  "What is wrong, in words."
  finding: String!
  "The object of the database that it is about."
  object: String
}
"#;

sql_action!(
    anyone,
    "select coalesce(json_agg(json_build_object('severity', severity,
        'finding', finding, 'object', object)), '[]')
      from public.security_audit()"
);
