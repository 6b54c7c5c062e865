//! `finishPasskeyRegistration`

use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Adds the passkey that the browser made. It signs in from now on; a second factor stays what it is."""
  finishPasskeyRegistration(
    "The challenge of beginPasskeyRegistration."
    challengeId: UUID!
    "What the credential's `toJSON()` gives."
    credential: JSON!
    "What the owner calls it, such as the name of the device."
    friendlyName: String
  ): Passkey!
}
"#;

arguments! { challenge_id: Uuid, credential: Value, friendly_name: Option<String> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let passkey = context
        .app
        .accounts
        .finish_passkey(
            &context.request.caller,
            arguments.challenge_id,
            arguments.credential,
            arguments.friendly_name.as_deref(),
            &from,
        )
        .await?;
    Ok(Outcome::Value(passkey.to_json()))
}
