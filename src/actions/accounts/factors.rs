//! `factors`

use serde_json::Value;

use crate::{
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """The caller's second factors, the oldest first."""
  factors: [Factor!]!
}

"""An authenticator app."""
type Factor {
  """The key, for verifyTotp and unenrollFactor."""
  id: UUID!
  """What the owner calls it."""
  friendlyName: String!
  """When its first code confirmed it; it is in force since then."""
  verifiedAt: DateTime
  """When it was made."""
  createdAt: DateTime!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let factors = context
        .app
        .accounts
        .factors(&context.request.caller)
        .await?;
    Ok(Outcome::Value(Value::Array(
        factors.iter().map(|factor| factor.to_json()).collect(),
    )))
}
