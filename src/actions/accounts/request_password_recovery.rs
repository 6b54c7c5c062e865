//! `requestPasswordRecovery`

use serde::Deserialize;
use serde_json::json;

use crate::{
    accounts::{Client, verification::Purpose},
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """
  Mails a link and a code to whoever forgot the password; verifyEmail takes either with RECOVER_PASSWORD and
  opens a session that may set another (updateAccount). The answer is true in any case.
  """
  requestPasswordRecovery(
    "The address."
    email: String!
    "Where the link in the mail leads in the end; among the addresses that the operator allows."
    redirectTo: String
  ): Boolean!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    email: String,
    redirect_to: Option<String>,
}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, arguments: Arguments| {
        Box::pin(run(context, arguments))
    })
}

async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let redirect_to = arguments.redirect_to.as_deref();
    let accounts = &context.app.accounts;
    accounts
        .request_mail(
            Purpose::RecoverPassword,
            &arguments.email,
            false,
            redirect_to,
            &from,
        )
        .await?;
    Ok(Outcome::Value(json!(true)))
}
