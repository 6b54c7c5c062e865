//! `requestMagicLink`

use serde_json::{Map, json};

use crate::{
    accounts::{Client, WayBack, verification::Purpose},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Mails a link and a code that sign in, either of which verifyEmail takes with MAGIC_LINK. Makes an account
  if there is none and createUser says so. The answer is true in any case.
  """
  requestMagicLink(
    "The address."
    email: String!
    "Whether an account is made when there is none."
    createUser: Boolean! = true
    "Where the link in the mail leads in the end; among the addresses that the operator allows."
    redirectTo: String
  ): Boolean!
}
"#;

arguments! { email: String, create_user: bool, redirect_to: Option<String> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let create = arguments.create_user.then(Map::new);
    let accounts = &context.app.accounts;
    accounts
        .request_mail(
            Purpose::MagicLink,
            &arguments.email,
            create,
            WayBack::to(arguments.redirect_to),
            &from,
        )
        .await?;
    Ok(Outcome::Value(json!(true)))
}
