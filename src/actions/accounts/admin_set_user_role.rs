//! `adminSetUserRole`

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """
  Sets the role in appMetadata (admin makes an administrator), or removes it. The account's sessions end: their
  tokens carry the former role. For administrators only.
  """
  adminSetUserRole(
    "The account."
    id: UUID!
    "The role, such as admin; without one it is removed."
    role: String
  ): AuthUser!
}
"#;

#[derive(Deserialize)]
struct Arguments {
    id: Uuid,
    role: Option<String>,
}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, arguments: Arguments| {
        Box::pin(run(context, arguments))
    })
}

async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let caller = &context.request.caller;
    let role = arguments.role.as_deref();
    let user = context
        .app
        .accounts
        .admin_set_user_role(caller, arguments.id, role, &from)
        .await?;
    Ok(Outcome::Value(user.to_json()))
}
