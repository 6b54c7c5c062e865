//! `linkIdentity`

use serde_json::json;

use crate::{
    accounts::{Challenge, Client, WayBack, oauth::Departure},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Begins to link a provider to the caller's account, as signInWithOauth begins a sign-in. The same session must
  exchange the code, with the secret of the challenge: whoever else is sent to the provider by the address could put
  their identity into the account. An anonymous account becomes permanent by it.
  """
  linkIdentity(
    "The provider's name, one of oauthProviders."
    provider: String!
    "Where the browser comes back to; among the addresses that the operator allows."
    redirectTo: String!
    "The SHA-256, in base64url without padding, of a random secret that the client keeps."
    codeChallenge: String!
  ): OauthDeparture!
}
"#;

arguments! { provider: String, redirect_to: String, code_challenge: String }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let caller = Some(&*context.request.caller);
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
        .begin_oauth(&provider, departure, caller, &from)
        .await?;
    Ok(Outcome::Value(json!({"url": url})))
}
