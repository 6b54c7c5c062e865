//! `deleteAccount`

use serde_json::json;

use crate::{
    accounts::{Client, Reauthentication, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
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

arguments! { current_password: Option<Secret>, code: Option<Secret> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
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
