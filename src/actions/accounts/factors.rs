//! `factors`

use serde::Deserialize;
use serde_json::Value;

use crate::{
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
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

#[derive(Deserialize)]
struct Arguments {}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, _: Arguments| Box::pin(run(context)))
}

async fn run(context: DetachedContext<'_>) -> Result<Outcome> {
    let factors = context
        .app
        .accounts
        .factors(&context.request.caller)
        .await?;
    Ok(Outcome::Value(Value::Array(
        factors.iter().map(|factor| factor.to_json()).collect(),
    )))
}
