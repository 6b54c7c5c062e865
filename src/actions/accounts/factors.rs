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

"""A second factor."""
type Factor {
  """The key, for verifyTotp, challengeFactor, verifyWebauthn and unenrollFactor."""
  id: UUID!
  """What it is."""
  type: FactorType!
  """What the owner calls it."""
  friendlyName: String!
  """When its first code or signature confirmed it; it is in force since then."""
  verifiedAt: DateTime
  """When it was made."""
  createdAt: DateTime!
}

"""What a second factor is."""
enum FactorType {
  """An authenticator app: verifyTotp takes its codes."""
  TOTP
  """A key of a device: challengeFactor asks for it, verifyWebauthn takes what it signs."""
  WEBAUTHN
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
