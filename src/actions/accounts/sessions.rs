//! `sessions`

use serde_json::Value;

use crate::{
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """The caller's sessions, the one last used first."""
  sessions: [AccountSession!]!
}

"""Where the caller is signed in."""
type AccountSession {
  """The key, for revokeSession."""
  id: UUID!
  """Whether this request comes from it."""
  isCurrent: Boolean!
  """What the browser or app called itself."""
  userAgent: String
  """The network address it was last seen at."""
  ip: Inet
  """aal1, or aal2 after a second factor."""
  aal: String!
  """When it signed in."""
  createdAt: DateTime!
  """When it last refreshed."""
  refreshedAt: DateTime!
  """When it ends if it is not refreshed."""
  expiresAt: DateTime!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let caller = &context.request.caller;
    let sessions = context.app.accounts.sessions(caller).await?;
    Ok(Outcome::Value(Value::Array(
        sessions
            .iter()
            .map(|session| session.to_json(caller.session_id))
            .collect(),
    )))
}
