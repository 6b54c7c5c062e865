//! `revokePersonalAccessToken`

use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Ends a token of the caller's, at once: the program that has it is refused from then on."""
  revokePersonalAccessToken(
    "The token, one of personalAccessTokens."
    id: UUID!
  ): Boolean!
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let caller = &context.request.caller;
    let accounts = &context.app.accounts;
    accounts
        .revoke_personal_token(caller, arguments.id, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
