//! `createPersonalAccessToken`, and the types of access tokens

use serde::Deserialize;
use serde_json::json;

use crate::{
    accounts::{Client, NewPersonalToken},
    actions::{DetachedContext, Outcome},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Makes a token with which a program of the caller's, such as an assistant that speaks MCP, reads and writes as them at
  `/mcp`. It is shown this once. The program is no session: it changes nothing about the account, and is never an
  administrator.
  """
  createPersonalAccessToken(
    "What it is for, in 1 to 100 characters: the program's name, say."
    name: String!
    "What it may do; WRITE includes READ."
    scopes: [PersonalAccessTokenScope!]! = [READ]
    "How many days it is good for, 1 to 3,650."
    expiresInDays: Int! = 90
  ): NewPersonalAccessToken!
}

"""What an access token may do."""
enum PersonalAccessTokenScope {
  """Find and read."""
  READ
  """Make and change, too."""
  WRITE
}

"""A token that was made."""
type NewPersonalAccessToken {
  """The token: put it where the program asks for a bearer token. It cannot be shown again."""
  token: String!
  """What is known of it from now on."""
  personalAccessToken: PersonalAccessToken!
}

"""A token that the caller gave to a program."""
type PersonalAccessToken {
  """The key, for revokePersonalAccessToken."""
  id: UUID!
  """What it is for."""
  name: String!
  """What it may do."""
  scopes: [PersonalAccessTokenScope!]!
  """When it was used most recently, to the minute."""
  lastUsedAt: DateTime
  """When it ends."""
  expiresAt: DateTime!
  """Whether it has ended."""
  isExpired: Boolean!
  """When it was made."""
  createdAt: DateTime!
}
"#;

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Scope {
    Read,
    Write,
}

arguments! { name: String, scopes: Vec<Scope>, expires_in_days: i32 }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        name,
        scopes,
        expires_in_days,
    } = arguments;
    if scopes.is_empty() {
        let said = "scopes names READ, WRITE or both";
        return Err(Error::bad_input(said).with("field", "scopes"));
    }
    let from = Client::from(context.request);
    let new = NewPersonalToken {
        name: &name,
        may_write: scopes.contains(&Scope::Write),
        days: expires_in_days,
    };
    let caller = &context.request.caller;
    let accounts = &context.app.accounts;
    let (token, info) = accounts.create_personal_token(caller, &new, &from).await?;
    Ok(Outcome::Value(json!({
        "token": token.expose(),
        "personalAccessToken": info.to_json(),
    })))
}
