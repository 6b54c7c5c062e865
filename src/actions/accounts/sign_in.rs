//! `signIn`

use serde::Deserialize;

use crate::{
    accounts::{Client, secret::Secret},
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
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

#[derive(Deserialize)]
struct Arguments {
    email: String,
    password: Secret,
}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, arguments: Arguments| {
        Box::pin(run(context, arguments))
    })
}

async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let session = context
        .app
        .accounts
        .sign_in(&arguments.email, &arguments.password, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
