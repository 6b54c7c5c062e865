//! `resendConfirmation`

use serde_json::json;

use crate::{
    accounts::{Client, WayBack, verification::Purpose},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
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

arguments! { email: String, redirect_to: Option<String> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let accounts = &context.app.accounts;
    accounts
        .request_mail(
            Purpose::ConfirmEmail,
            &arguments.email,
            None,
            WayBack::to(arguments.redirect_to),
            &from,
        )
        .await?;
    Ok(Outcome::Value(json!(true)))
}
