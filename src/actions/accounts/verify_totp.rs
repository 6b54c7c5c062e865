//! `verifyTotp`

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    accounts::{Client, secret::Secret},
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """
  Takes a code of the authenticator app: confirms a new factor, and lifts the session to aal2. A code is good
  once. Former tokens of the session are replaced.
  """
  verifyTotp(
    "The factor, one of factors."
    factorId: UUID!
    "The six digits that the app shows."
    code: String!
  ): VerifyTotpPayload!
}

"""What came of a right code."""
type VerifyTotpPayload {
  """The session, now aal2."""
  session: AuthSession!
  """Codes for the day the app is lost, when this was the account's first factor. They are shown this once."""
  recoveryCodes: [String!]!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    factor_id: Uuid,
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
    let assured = context
        .app
        .accounts
        .verify_totp(caller, arguments.factor_id, &arguments.code, &from)
        .await?;
    let codes: Vec<Value> = assured
        .recovery_codes
        .iter()
        .map(|code| json!(code.expose()))
        .collect();
    Ok(Outcome::Value(
        json!({"session": assured.session.to_json(), "recoveryCodes": codes}),
    ))
}
