//! `saveApiConfiguration`

use serde_json::json;

use crate::{
    accounts::{Client, secret::Secret},
    actions::{DetachedContext, Outcome, RowRef},
    error::Result,
};

pub(super) const SDL: &str = r#"
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

arguments! { provider: String, api_key: Secret }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
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
