//! `personalAccessTokens`

use serde_json::Value;

use crate::{
    accounts::PersonalTokenInfo,
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """The tokens that the caller gave to programs, the newest first. What they are is never shown again."""
  personalAccessTokens: [PersonalAccessToken!]!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let caller = &context.request.caller;
    let tokens = context.app.accounts.personal_tokens(caller).await?;
    let tokens = tokens.iter().map(PersonalTokenInfo::to_json).collect();
    Ok(Outcome::Value(Value::Array(tokens)))
}
