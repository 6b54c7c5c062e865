//! `oauthProviders`

use serde::Deserialize;
use serde_json::json;

use crate::{
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  """The names of the providers through whom people can sign in."""
  oauthProviders: [String!]!
}
"#;

#[derive(Deserialize)]
struct Arguments {}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, _: Arguments| Box::pin(run(context)))
}

async fn run(context: DetachedContext<'_>) -> Result<Outcome> {
    Ok(Outcome::Value(json!(
        context.app.accounts.oauth_providers()
    )))
}
