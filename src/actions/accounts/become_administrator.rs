//! `becomeAdministrator`

use crate::{
    accounts::{Client, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Takes the token of a link that a server without an administrator prints when it starts, or that `mindloom admin create`
  prints: the account of the address becomes an administrator with this password, or is made, and is signed in. A link is
  good once and for a day.
  """
  becomeAdministrator(
    "The token of the link."
    token: String!
    "The address; that of the link, where it names one."
    email: String!
    "The account's password from now on."
    password: String!
  ): AuthSession!
}
"#;

arguments! { token: Secret, email: String, password: Secret }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let session = context
        .app
        .accounts
        .become_administrator(
            &arguments.token,
            &arguments.email,
            &arguments.password,
            &from,
        )
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
