//! `signOut`

use serde_json::json;

use crate::{
    accounts::{Client, Scope},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Ends sessions of the caller, and returns how many."""
  signOut(
    "Which sessions end."
    scope: SignOutScope! = LOCAL
  ): Int!
}

"""Which sessions a sign-out ends."""
enum SignOutScope {
  """This one."""
  LOCAL
  """All but this one."""
  OTHERS
  """All."""
  GLOBAL
}
"#;

arguments! { scope: Scope }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let ended = context
        .app
        .accounts
        .sign_out(&context.request.caller, arguments.scope, &from)
        .await?;
    Ok(Outcome::Value(json!(ended)))
}
