//! `requestReauthentication`

use serde::Deserialize;
use serde_json::json;

use crate::{
    accounts::Client,
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """Mails the caller a code that stands in for the password in updateAccount and deleteAccount."""
  requestReauthentication: Boolean!
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
    context
        .app
        .accounts
        .request_reauthentication(&context.request.caller, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
