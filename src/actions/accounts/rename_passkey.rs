//! `renamePasskey`

use uuid::Uuid;

use crate::{
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Calls one of the caller's passkeys something else."""
  renamePasskey(
    "The passkey, one of passkeys."
    id: UUID!
    "The new name, 1 to 120 characters."
    friendlyName: String!
  ): Passkey!
}
"#;

arguments! { id: Uuid, friendly_name: String }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let passkey = context
        .app
        .accounts
        .rename_passkey(
            &context.request.caller,
            arguments.id,
            &arguments.friendly_name,
        )
        .await?;
    Ok(Outcome::Value(passkey.to_json()))
}
