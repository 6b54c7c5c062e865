//! `setFeatureFlag`: makes a flag, or changes one.

use serde_json::{Map, Value};

use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Makes a feature flag, or changes what is given of one; null takes away. A new flag is off unless enabled says
  otherwise. For administrators. Answers the flag as it applies to the caller.
  """
  setFeatureFlag(
    "Its name: a letter, then up to 99 letters, digits, dots, hyphens and underscores."
    name: String!
    "Whether it is on at all."
    enabled: Boolean
    "What else clients need to know, up to 8,192 bytes."
    value: JSON
    "For which part of all people it is on, 0 to 100; all without it."
    percent: Float
    "For whom it may be on; everybody without it."
    roles: [FeatureFlagRole!]
    "What it is for, for administrators."
    description: String
  ): FeatureFlag!
}
"#;

const SET: &str = "select public.set_feature_flag($1, $2)";
const FLAG: &str = "
    select json_build_object('name', name, 'enabled', enabled, 'value', value)
    from public.get_feature_flags() where name = $1";

/// The name, and the rest as it was given: what was not is told from null.
#[derive(serde::Deserialize)]
pub(super) struct Arguments {
    name: String,
    #[serde(flatten)]
    changes: Map<String, Value>,
}

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let Arguments { name, mut changes } = arguments;
    if let Some(Value::Array(roles)) = changes.get_mut("roles") {
        for role in roles {
            if let Value::String(role) = role {
                role.make_ascii_lowercase();
            }
        }
    }
    let set = context.rows(SET, &[&name, &Value::Object(changes)]).await;
    set.map_err(super::in_callers_words)?;
    Ok(Outcome::Value(context.json(FLAG, &[&name]).await?))
}
