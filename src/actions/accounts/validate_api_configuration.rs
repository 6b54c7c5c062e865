//! `validateApiConfiguration`: asks the provider about the caller's key.

use serde_json::json;

use crate::{
    actions::{DetachedContext, Outcome, RowRef},
    answers,
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Asks the provider whether it takes the caller's saved key, which costs nothing: `isValidated` and `validationError` of
  the configuration say what came of it.
  """
  validateApiConfiguration(
    "The provider's name, one of apiProviders."
    provider: String!
  ): ApiConfiguration!
}
"#;

arguments! { provider: String }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let user = context.user_id()?;
    let id = answers::validate_key(context.app, user, &arguments.provider).await?;
    Ok(Outcome::Row(RowRef {
        table: "api_configurations".into(),
        key: vec![json!(id)],
    }))
}
