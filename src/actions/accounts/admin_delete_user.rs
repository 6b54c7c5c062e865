//! `adminDeleteUser`

use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Deletes an account with everything that belongs to it. For administrators only."""
  adminDeleteUser(
    "The account."
    id: UUID!
  ): AuthUser!
}
"#;

arguments! { id: Uuid }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let user = context
        .app
        .accounts
        .admin_delete_user(&context.request.caller, arguments.id, &from)
        .await?;
    Ok(Outcome::Value(user.to_json()))
}
