//! `identities`

use serde_json::Value;

use crate::{
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """The providers that the caller's account is linked to, the oldest first."""
  identities: [Identity!]!
}

"""A link of the caller's account to a provider."""
type Identity {
  """The key, for unlinkIdentity."""
  id: UUID!
  """The provider's name."""
  provider: String!
  """Since when."""
  createdAt: DateTime!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let identities = context
        .app
        .accounts
        .identities(&context.request.caller)
        .await?;
    Ok(Outcome::Value(Value::Array(
        identities
            .iter()
            .map(|identity| identity.to_json())
            .collect(),
    )))
}
