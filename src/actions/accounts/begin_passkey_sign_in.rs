//! `beginPasskeySignIn`

use crate::{
    accounts::Client,
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Begins a sign-in by whatever passkey the user picks, in a dialogue or from an autofill prompt (conditional
  mediation). The browser's answer goes to signInWithPasskey, within five minutes.
  """
  beginPasskeySignIn: PasskeyCeremony!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let ceremony = context.app.accounts.begin_passkey_sign_in(&from).await?;
    Ok(Outcome::Value(ceremony.to_json()))
}
