//! `revokeSession`

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """Ends one session of the caller."""
  revokeSession(
    "The session, one of sessions."
    id: UUID!
  ): Boolean!
}
"#;

#[derive(Deserialize)]
struct Arguments {
    id: Uuid,
}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, arguments: Arguments| {
        Box::pin(run(context, arguments))
    })
}

async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    context
        .app
        .accounts
        .revoke_session(&context.request.caller, arguments.id, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
