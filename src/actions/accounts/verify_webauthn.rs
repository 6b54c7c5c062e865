//! `verifyWebauthn`

use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::{Client, factors::Codes},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Takes what a device made or signed for challengeFactor: confirms a new factor, and lifts the session to aal2. Former
  tokens of the session are replaced.
  """
  verifyWebauthn(
    "The factor, one of factors."
    factorId: UUID!
    "The challenge of challengeFactor."
    challengeId: UUID!
    "What the credential's `toJSON()` gives."
    credential: JSON!
  ): VerifyWebauthnPayload!
}

"""What came of a right signature."""
type VerifyWebauthnPayload {
  """The session, now aal2."""
  session: AuthSession!
  """Codes for the day the device is lost, when this was the account's first factor. They are shown this once."""
  recoveryCodes: [String!]!
}
"#;

arguments! { factor_id: Uuid, challenge_id: Uuid, credential: Value }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let assured = context
        .app
        .accounts
        .verify_webauthn(
            &context.request.caller,
            arguments.factor_id,
            (arguments.challenge_id, arguments.credential),
            Codes::Now,
            &from,
        )
        .await?;
    Ok(Outcome::Value(assured.to_json()))
}
