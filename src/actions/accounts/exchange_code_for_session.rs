//! `exchangeCodeForSession`

use crate::{
    accounts::{Client, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Exchanges the code that the browser brought back from a provider, with the secret behind codeChallenge. Good
  once, within five minutes.
  """
  exchangeCodeForSession(
    "The code that the browser brought back."
    code: String!
    "The secret whose SHA-256 was sent as codeChallenge."
    codeVerifier: String!
  ): AuthSession!
}
"#;

arguments! { code: Secret, code_verifier: Secret }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let caller = &context.request.caller;
    let Arguments {
        code,
        code_verifier,
    } = arguments;
    let session = context
        .app
        .accounts
        .exchange_code(caller, &code, &code_verifier, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
