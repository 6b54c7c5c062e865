//! `signInWithIdToken`

use crate::{
    accounts::{Client, oauth::IdToken, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Signs in with the id token that an OpenID Connect provider (see oauthProviders) gave to the client itself, as apps on
  phones and buttons on pages get it. A client that makes up a nonce gives its SHA-256, in hexadecimal, to the provider,
  whose token repeats it, and the nonce itself here.
  """
  signInWithIdToken(
    "The provider's name, one of oauthProviders."
    provider: String!
    "The provider's token."
    idToken: String!
    "What the client made up, if the token repeats its digest."
    nonce: String
    "The provider's access token, which the id token may vouch for."
    accessToken: String
  ): AuthSession!
}
"#;

arguments! { provider: String, id_token: Secret, nonce: Option<Secret>, access_token: Option<Secret> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let shown = IdToken {
        provider: &arguments.provider,
        token: &arguments.id_token,
        nonce: arguments.nonce.as_ref(),
        access_token: arguments.access_token.as_ref(),
    };
    let session = context
        .app
        .accounts
        .sign_in_with_id_token(shown, None, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
