//! `enrollTotp`

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Makes a second factor for an authenticator app. It is in force once verifyTotp has taken its first code."""
  enrollTotp(
    "What the owner calls the factor, such as the name of the phone."
    friendlyName: String!
  ): TotpEnrollment!
}

"""A new factor's secret, shown this once."""
type TotpEnrollment {
  """The factor's key."""
  factorId: UUID!
  """The secret in base32, to be typed."""
  secret: String!
  """The address that authenticator apps read."""
  uri: String!
  """The address as a QR code, an SVG document."""
  qrCodeSvg: String!
  """The same image as a data: address."""
  qrCodeUrl: String!
}
"#;

arguments! { friendly_name: String }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let enrolment = context
        .app
        .accounts
        .enrol_totp(
            &context.request.caller,
            &arguments.friendly_name,
            None,
            &from,
        )
        .await?;
    Ok(Outcome::Value(enrolment.to_json()))
}
