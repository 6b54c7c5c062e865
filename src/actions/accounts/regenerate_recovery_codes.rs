//! `regenerateRecoveryCodes`

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    accounts::Client,
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """Replaces the caller's recovery codes; the new ones are shown this once."""
  regenerateRecoveryCodes: [String!]!
}
"#;

#[derive(Deserialize)]
struct Arguments {}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, _: Arguments| Box::pin(run(context)))
}

async fn run(context: DetachedContext<'_>) -> Result<Outcome> {
    let from = Client::from(context.request);
    let codes = context
        .app
        .accounts
        .regenerate_recovery_codes(&context.request.caller, &from)
        .await?;
    Ok(Outcome::Value(
        codes
            .iter()
            .map(|code| json!(code.expose()))
            .collect::<Vec<Value>>()
            .into(),
    ))
}
