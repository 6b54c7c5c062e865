//! `beginPasskeyRegistration`

use crate::{
    accounts::Client,
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Begins to add a passkey to the caller's account: what the browser is to do. Its answer goes to
  finishPasskeyRegistration, within five minutes.
  """
  beginPasskeyRegistration: PasskeyCeremony!
}

"""What a browser is to do with a passkey."""
type PasskeyCeremony {
  """Names the challenge, which is good once."""
  challengeId: UUID!
  """
  What PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON makes the `publicKey` of
  navigator.credentials of.
  """
  options: JSON!
  """Until when."""
  expiresAt: DateTime!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let ceremony = context
        .app
        .accounts
        .begin_passkey(&context.request.caller, &from)
        .await?;
    Ok(Outcome::Value(ceremony.to_json()))
}
