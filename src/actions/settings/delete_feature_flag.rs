//! `deleteFeatureFlag`: takes a flag away.

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Takes a feature flag away, and answers whether there was one. For administrators."
  deleteFeatureFlag(
    "Its name."
    name: String!
  ): Boolean!
}
"#;

sql_action!(
    user,
    "select to_json(public.delete_feature_flag($1))",
    name: String
);
