//! `signIn`

use crate::{
    accounts::{Client, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Signs in with a password. A wrong address, a wrong password and an account without one get the same
  UNAUTHENTICATED. Where the account has a second factor the session starts at aal1: see verifyTotp.
  """
  signIn(
    "The address."
    email: String!
    "The password."
    password: String!
  ): AuthSession!
}
"#;

arguments! { email: String, password: Secret }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let session = context
        .app
        .accounts
        .sign_in(&arguments.email, &arguments.password, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
