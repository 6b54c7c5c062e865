//! `refreshSession`

use crate::{
    accounts::{Client, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::{Reason, Result},
};

pub(super) const SDL: &str = r#"
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

arguments! { refresh_token: Secret }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let session = context
        .app
        .accounts
        .refresh(&arguments.refresh_token, &from)
        .await
        .map_err(|error| match error.reason() {
            // All that is wrong with a token is answered alike.
            Some(Reason::Banned) => error.because(Reason::RefreshTokenUnknown),
            _ => error,
        })?;
    Ok(Outcome::Value(session.to_json()))
}
