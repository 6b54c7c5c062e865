//! `oauthProviders`

use serde_json::json;

use crate::{
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """The names of the providers through whom people can sign in."""
  oauthProviders: [String!]!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    Ok(Outcome::Value(json!(
        context.app.accounts.oauth_providers()
    )))
}
