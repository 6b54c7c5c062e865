//! `challengeFactor`

use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Asks for the key of a second factor: what the browser is to do. Its answer goes to verifyWebauthn, within five minutes.
  An authenticator app needs no challenge.
  """
  challengeFactor(
    "The factor, one of factors whose type is WEBAUTHN."
    factorId: UUID!
  ): FactorChallenge!
}

"""What a browser is to do with the key of a second factor."""
type FactorChallenge {
  """Names the challenge, which is good once."""
  challengeId: UUID!
  """Whether the device makes its key by this (navigator.credentials.create); else it signs (navigator.credentials.get)."""
  isRegistration: Boolean!
  """
  What PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON makes the `publicKey` of
  navigator.credentials of.
  """
  options: JSON!
  """Until when."""
  expiresAt: DateTime!
}
"#;

arguments! { factor_id: Uuid }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let challenge = context
        .app
        .accounts
        .challenge_factor(&context.request.caller, arguments.factor_id, &from)
        .await?;
    let challenge = challenge.ok_or_else(|| {
        Error::bad_input("An authenticator app needs no challenge: verifyTotp takes its code")
            .with("field", "factorId")
    })?;
    let mut shown = challenge.ceremony.to_json();
    shown["isRegistration"] = json!(challenge.is_registration);
    Ok(Outcome::Value(shown))
}
