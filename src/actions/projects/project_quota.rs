//! `projectQuota`: how many projects the caller has and may have.

pub(super) const SDL: &str = r#"
extend type Query {
  "How many projects the caller has and may have. Beyond it, making, copying and restoring one is refused with LIMIT_EXCEEDED."
  projectQuota: ProjectQuota!
}
"How many projects somebody has and may have."
type ProjectQuota {
  "Projects of one's own that are not in the bin."
  used: Int!
  "As many as the operator allows."
  limit: Int!
  "How many more can be made; never below zero."
  remaining: Int!
}
"#;

sql_action!(
    user,
    "select json_build_object('used', used, 'limit', quota,
        'remaining', greatest(quota - used, 0)) from public.get_project_quota()"
);
