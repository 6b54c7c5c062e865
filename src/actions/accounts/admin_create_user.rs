//! `adminCreateUser`

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    accounts::{AdminChange, Client, admin::CreateUser, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Makes an account. For administrators only."""
  adminCreateUser(
    "The account to make."
    input: AdminCreateUserInput!
  ): AuthUser!
}

"""An account that an administrator makes."""
input AdminCreateUserInput {
  """The address."""
  email: String!
  """The password; without one the owner comes in by mail."""
  password: String
  """Whether the address counts as proved."""
  emailConfirmed: Boolean! = true
  """What is said about the owner."""
  userMetadata: JSON
  """The role in appMetadata, such as admin."""
  role: String
}
"#;

arguments! { input: Input }

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    email: String,
    password: Option<Secret>,
    email_confirmed: bool,
    user_metadata: Option<Map<String, Value>>,
    role: Option<String>,
}

pub(super) async fn run(
    context: DetachedContext<'_>,
    Arguments { input }: Arguments,
) -> Result<Outcome> {
    let form = CreateUser {
        email: input.email,
        password: input.password,
        email_confirmed: input.email_confirmed,
        user_metadata: input.user_metadata.unwrap_or_default(),
        role: input.role,
        id: None,
        more: AdminChange::default(),
    };
    let from = Client::from(context.request);
    let user = context
        .app
        .accounts
        .admin_create_user(&context.request.caller, form, &from)
        .await?;
    Ok(Outcome::Value(user.to_json()))
}
