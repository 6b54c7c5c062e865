//! `signInAnonymously`

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    accounts::Client,
    actions::{Action, DetachedContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Mutation {
  """
  Makes an account without any credential and signs in to it. It becomes permanent by updateAccount with an
  email, or by linkIdentity.
  """
  signInAnonymously(
    "What the new user says about themselves: an object of at most 4 KiB."
    userMetadata: JSON
  ): AuthSession!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    user_metadata: Option<Map<String, Value>>,
}

/// The action.
pub fn action() -> Action {
    Action::detached(SDL, |context, arguments: Arguments| {
        Box::pin(run(context, arguments))
    })
}

async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let metadata = arguments.user_metadata.unwrap_or_default();
    let session = context
        .app
        .accounts
        .sign_in_anonymously(metadata, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
