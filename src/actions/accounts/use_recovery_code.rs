//! `useRecoveryCode`

use crate::{
    accounts::{Client, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Takes a recovery code in place of the second factor. Each is good once."""
  useRecoveryCode(
    "One of the codes that verifyTotp, verifyWebauthn or regenerateRecoveryCodes showed."
    code: String!
  ): AuthSession!
}
"#;

arguments! { code: Secret }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let caller = &context.request.caller;
    let session = context
        .app
        .accounts
        .use_recovery_code(caller, &arguments.code, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
