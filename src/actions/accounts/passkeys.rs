//! `passkeys`

use crate::{
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """The caller's passkeys, the oldest first."""
  passkeys: [Passkey!]!
}

"""A key of somebody's device that signs them in."""
type Passkey {
  """The key, for renamePasskey and removePasskey."""
  id: UUID!
  """What the owner calls it."""
  friendlyName: String!
  """When it was added."""
  createdAt: DateTime!
  """When it last signed its owner in."""
  lastUsedAt: DateTime
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let passkeys = context
        .app
        .accounts
        .passkeys(&context.request.caller)
        .await?;
    Ok(Outcome::Value(
        passkeys.iter().map(|passkey| passkey.to_json()).collect(),
    ))
}
