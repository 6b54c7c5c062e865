//! `featureFlags`: which features are on for the caller.

pub(super) const SDL: &str = r#"
extend type Query {
  """
  The feature flags as they apply to the caller, by name. A flag that is rolled out to a part of all people is on for
  the same people always; `live { featureFlags { … } }` tells when one changes.
  """
  featureFlags: [FeatureFlag!]!
}
"#;

pub(super) use super::FOLLOWS;

sql_action!(
    anyone,
    "select coalesce(json_agg(json_build_object('name', name, 'enabled', enabled, 'value', value)), '[]')
      from public.get_feature_flags()"
);
