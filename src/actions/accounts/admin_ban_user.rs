//! `adminBanUser`

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Suspends an account until then and ends its sessions; without a time, lets it in again. For administrators
  only.
  """
  adminBanUser(
    "The account."
    id: UUID!
    "Until when it is suspended; without a time it is let in again."
    until: DateTime
  ): AuthUser!
}
"#;

arguments! { id: Uuid, until: Option<DateTime<Utc>> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let caller = &context.request.caller;
    let user = context
        .app
        .accounts
        .admin_ban_user(caller, arguments.id, arguments.until, &from)
        .await?;
    Ok(Outcome::Value(user.to_json()))
}
