//! `regenerateRecoveryCodes`

use serde_json::{Value, json};

use crate::{
    accounts::{Client, factors::Make},
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Replaces the caller's recovery codes; the new ones are shown this once."""
  regenerateRecoveryCodes: [String!]!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let codes = context
        .app
        .accounts
        .make_recovery_codes(&context.request.caller, Make::Any, &from)
        .await?;
    Ok(Outcome::Value(
        codes
            .iter()
            .map(|code| json!(code.expose()))
            .collect::<Vec<Value>>()
            .into(),
    ))
}
