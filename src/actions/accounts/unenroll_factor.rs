//! `unenrollFactor`

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """Removes a second factor; with the last one go the recovery codes. Needs a session at aal2."""
  unenrollFactor(
    "The factor, one of factors."
    factorId: UUID!
  ): Boolean!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    factor_id: Uuid,
}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, arguments: Arguments| {
        Box::pin(run(context, arguments))
    })
}

async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    context
        .app
        .accounts
        .unenrol_factor(&context.request.caller, arguments.factor_id, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
