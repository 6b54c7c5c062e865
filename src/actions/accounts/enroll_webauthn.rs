//! `enrollWebauthn`

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Makes a second factor of a device that signs in a browser, such as a security key. challengeFactor asks the device for a
  key, and the factor is in force once verifyWebauthn has taken it. It is asked for after a password or a mail; what signs in
  by itself is a passkey (beginPasskeyRegistration).
  """
  enrollWebauthn(
    "What the owner calls the factor, such as the make of the key."
    friendlyName: String!
  ): Factor!
}
"#;

arguments! { friendly_name: String }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let factor = context
        .app
        .accounts
        .enrol_webauthn(&context.request.caller, &arguments.friendly_name, &from)
        .await?;
    Ok(Outcome::Value(factor.to_json()))
}
