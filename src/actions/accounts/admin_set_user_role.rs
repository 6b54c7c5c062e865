//! `adminSetUserRole`

use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
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

arguments! { id: Uuid, role: Option<String> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
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
