//! `useRecoveryCode`

use serde::Deserialize;

use crate::{
    accounts::{Client, secret::Secret},
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """Takes a recovery code in place of the authenticator app's. Each is good once."""
  useRecoveryCode(
    "One of the codes that verifyTotp or regenerateRecoveryCodes showed."
    code: String!
  ): AuthSession!
}
"#;

#[derive(Deserialize)]
struct Arguments {
    code: Secret,
}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, arguments: Arguments| {
        Box::pin(run(context, arguments))
    })
}

async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let caller = &context.request.caller;
    let session = context
        .app
        .accounts
        .use_recovery_code(caller, &arguments.code, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
