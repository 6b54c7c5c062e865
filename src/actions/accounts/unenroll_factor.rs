//! `unenrollFactor`

use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Removes a second factor; with the last one go the recovery codes. Needs a session at aal2."""
  unenrollFactor(
    "The factor, one of factors."
    factorId: UUID!
  ): Boolean!
}
"#;

arguments! { factor_id: Uuid }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    context
        .app
        .accounts
        .unenrol_factor(&context.request.caller, arguments.factor_id, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
