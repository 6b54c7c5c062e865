//! `adminRemoveFactor`

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
  Removes a second factor of an account, whose owner has lost it; with the last one go the recovery codes. For
  administrators only, and not for their own account.
  """
  adminRemoveFactor(
    "The account."
    id: UUID!
    "The factor, one of adminFactors."
    factorId: UUID!
  ): Boolean!
}
"#;

arguments! { id: Uuid, factor_id: Uuid }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments { id, factor_id } = arguments;
    let from = Client::from(context.request);
    let (caller, accounts) = (&context.request.caller, &context.app.accounts);
    accounts
        .admin_remove_factor(caller, id, factor_id, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
