//! `refreshSession`

use serde::Deserialize;

use crate::{
    accounts::{Client, secret::Secret},
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """
  Exchanges a refresh token for the next pair. A token is good once; for ten seconds its repetition gets the
  same successor, later it ends the session.
  """
  refreshSession(
    "The latest refresh token of the session."
    refreshToken: String!
  ): AuthSession!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    refresh_token: Secret,
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
        .refresh(&arguments.refresh_token, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
