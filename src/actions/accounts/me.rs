//! `me`, and the types that all account actions share

use serde_json::Value;

use crate::{
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  """The account that the caller is signed in to; null for nobody. Its public profile is `user(id:)`."""
  me: AuthUser
}

"""An account that signs in."""
type AuthUser {
  """The `sub` of its tokens, and the key of its profile."""
  id: UUID!
  """The address; none for an anonymous account."""
  email: String
  """When the address was proved to be the owner's."""
  emailConfirmedAt: DateTime
  """What the owner says about themselves. They write it, so it grants nothing."""
  userMetadata: JSON!
  """What the server says about the account: its providers and its role."""
  appMetadata: JSON!
  """Whether it was made without any credential."""
  isAnonymous: Boolean!
  """Until when it may not sign in."""
  bannedUntil: DateTime
  """When it signed in most recently."""
  lastSignInAt: DateTime
  """When it was made."""
  createdAt: DateTime!
  """When it was last changed."""
  updatedAt: DateTime!
}

"""What a client keeps of a sign-in."""
type AuthSession {
  """The JSON web token for requests: `Authorization: Bearer …`."""
  accessToken: String!
  """Good once, for the next pair (refreshSession)."""
  refreshToken: String!
  """Always `bearer`."""
  tokenType: String!
  """How many seconds the access token is good for."""
  expiresIn: Int!
  """When the access token ends."""
  expiresAt: DateTime!
  """Who is signed in."""
  user: AuthUser!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let user = context.app.accounts.me(&context.request.caller).await?;
    Ok(Outcome::Value(
        user.map_or(Value::Null, |user| user.to_json()),
    ))
}
