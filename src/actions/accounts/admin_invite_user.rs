//! `adminInviteUser`

use serde_json::Map;

use crate::{
    accounts::{Client, WayBack},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Makes an account and mails its owner an invitation, whose link or code verifyEmail takes with INVITE; a second one takes
  the first one's place. For administrators only.
  """
  adminInviteUser(
    "The address."
    email: String!
    "Where the link in the mail leads in the end; among the addresses that the operator allows."
    redirectTo: String
  ): AuthUser!
}
"#;

arguments! { email: String, redirect_to: Option<String> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments { email, redirect_to } = arguments;
    let from = Client::from(context.request);
    let (caller, accounts) = (&context.request.caller, &context.app.accounts);
    let way_back = WayBack::to(redirect_to);
    let user = accounts
        .admin_invite(caller, &email, Map::new(), way_back, &from)
        .await?;
    Ok(Outcome::Value(user.to_json()))
}
