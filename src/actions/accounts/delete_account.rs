//! `deleteAccount`

use serde::Deserialize;
use serde_json::json;

use crate::{
    accounts::{Client, Reauthentication, secret::Secret},
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """
  Deletes the caller's account with everything that belongs to it, at once and for good. Needs currentPassword
  or a code of requestReauthentication, as updateAccount does.
  """
  deleteAccount(
    "The present password."
    currentPassword: String
    "The code that requestReauthentication mailed."
    code: String
  ): Boolean!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    current_password: Option<Secret>,
    code: Option<Secret>,
}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, arguments: Arguments| {
        Box::pin(run(context, arguments))
    })
}

async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let proof = Reauthentication {
        password: arguments.current_password,
        code: arguments.code,
    };
    let from = Client::from(context.request);
    context
        .app
        .accounts
        .delete_account(&context.request.caller, &proof, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
