//! `requestPasswordRecovery`

use serde_json::json;

use crate::{
    accounts::{Client, WayBack, verification::Purpose},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
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

arguments! { email: String, redirect_to: Option<String> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let accounts = &context.app.accounts;
    accounts
        .request_mail(
            Purpose::RecoverPassword,
            &arguments.email,
            None,
            WayBack::to(arguments.redirect_to),
            &from,
        )
        .await?;
    Ok(Outcome::Value(json!(true)))
}
