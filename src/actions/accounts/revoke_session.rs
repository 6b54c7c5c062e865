//! `revokeSession`

use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Ends one session of the caller."""
  revokeSession(
    "The session, one of sessions."
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
        .revoke_session(&context.request.caller, arguments.id, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
