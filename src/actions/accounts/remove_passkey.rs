//! `removePasskey`

use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Removes one of the caller's passkeys. A mail or a password lets the owner in as before. The answer is true.
  """
  removePasskey(
    "The passkey, one of passkeys."
    id: UUID!
  ): Boolean!
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    context
        .app
        .accounts
        .remove_passkey(&context.request.caller, arguments.id, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
