//! `saveApiConfiguration`

use serde::Deserialize;
use serde_json::json;

use crate::{
    accounts::{Client, secret::Secret},
    actions::{Action, DetachedContext, Outcome, RowRef},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """
  Stores the caller's key for an AI provider, encrypted, in place of a former one. It is never returned; the
  row shows its last four characters.
  """
  saveApiConfiguration(
    "The provider's name, one of apiProviders."
    provider: String!
    "The key, as the provider gave it."
    apiKey: String!
  ): ApiConfiguration!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    provider: String,
    api_key: Secret,
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
    let Arguments { provider, api_key } = arguments;
    let id = context
        .app
        .accounts
        .save_api_configuration(caller, &provider, &api_key, &from)
        .await?;
    Ok(Outcome::Row(RowRef {
        table: "api_configurations".into(),
        key: vec![json!(id)],
    }))
}
