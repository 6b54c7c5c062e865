//! `signInWithOauth`

use serde_json::json;

use crate::{
    accounts::{Challenge, Client, WayBack, oauth::Departure},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Begins a sign-in through a provider (see oauthProviders): send the browser to the url. It comes back to
  redirectTo with a `code` for exchangeCodeForSession, or an `error`. codeChallenge is the SHA-256, in base64url
  without padding, of a random secret that the client keeps.
  """
  signInWithOauth(
    "The provider's name, one of oauthProviders."
    provider: String!
    "Where the browser comes back to; among the addresses that the operator allows."
    redirectTo: String!
    "The SHA-256, in base64url without padding, of a random secret that the client keeps."
    codeChallenge: String!
  ): OauthDeparture!
}

"""Where to send the browser."""
type OauthDeparture {
  """The provider's page."""
  url: String!
}
"#;

arguments! { provider: String, redirect_to: String, code_challenge: String }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let Arguments {
        provider,
        redirect_to,
        code_challenge,
    } = arguments;
    let departure = Departure {
        way_back: WayBack {
            redirect_to: Some(redirect_to),
            challenge: Some(Challenge::s256(&code_challenge)?),
        },
        ..Departure::default()
    };
    let url = context
        .app
        .accounts
        .begin_oauth(&provider, departure, None, &from)
        .await?;
    Ok(Outcome::Value(json!({"url": url})))
}
