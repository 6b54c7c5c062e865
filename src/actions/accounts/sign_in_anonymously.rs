//! `signInAnonymously`

use serde_json::{Map, Value};

use crate::{
    accounts::Client,
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
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

arguments! { user_metadata: Option<Map<String, Value>> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let metadata = arguments.user_metadata.unwrap_or_default();
    let session = context
        .app
        .accounts
        .sign_in_anonymously(metadata, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
