//! `signOut`

use serde::Deserialize;
use serde_json::json;

use crate::{
    accounts::{Client, Scope},
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
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

#[derive(Deserialize)]
struct Arguments {
    scope: Scope,
}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, arguments: Arguments| {
        Box::pin(run(context, arguments))
    })
}

async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let ended = context
        .app
        .accounts
        .sign_out(&context.request.caller, arguments.scope, &from)
        .await?;
    Ok(Outcome::Value(json!(ended)))
}
