//! `resendConfirmation`

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
  Mails the confirmation of a sign-up again, in place of the former one. The answer is true in any case.
  """
  resendConfirmation(
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
            Purpose::ConfirmEmail,
            &arguments.email,
            false,
            redirect_to,
            &from,
        )
        .await?;
    Ok(Outcome::Value(json!(true)))
}
