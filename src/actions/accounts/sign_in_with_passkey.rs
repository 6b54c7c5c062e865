//! `signInWithPasskey`

use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Signs in by what a passkey signed. Where the account has a second factor the session starts at aal1: see verifyTotp.
  """
  signInWithPasskey(
    "The challenge of beginPasskeySignIn."
    challengeId: UUID!
    "What the credential's `toJSON()` gives."
    credential: JSON!
  ): AuthSession!
}
"#;

arguments! { challenge_id: Uuid, credential: Value }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let session = context
        .app
        .accounts
        .sign_in_with_passkey(arguments.challenge_id, arguments.credential, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
