//! `unlinkIdentity`

use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Removes the link to a provider; refused when nothing else would let the owner in."""
  unlinkIdentity(
    "The link, one of identities."
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
        .unlink_identity(&context.request.caller, arguments.id, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
