//! `updateAccount`

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    accounts::{Client, Reauthentication, UserChange, WayBack, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Changes the caller's account. A new email takes effect when the link or code mailed to it is used; a new
  password ends the other sessions. Both need currentPassword or a code of requestReauthentication, except
  within ten minutes of a sign-in by mail or, where there is no password, of any sign-in. An anonymous account
  becomes permanent by its first email.
  """
  updateAccount(
    "What to change."
    input: UpdateAccountInput!
  ): AuthUser!
}

"""What to change; what is absent stays."""
input UpdateAccountInput {
  """The new address."""
  email: String
  """The new password; at least 8 and at most 128 characters."""
  password: String
  """Fields of the metadata to set; a field that is null is removed."""
  userMetadata: JSON
  """The present password."""
  currentPassword: String
  """The code that requestReauthentication mailed."""
  code: String
  """Where the link in the mail leads in the end."""
  redirectTo: String
}
"#;

arguments! { input: Input }

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    email: Option<String>,
    password: Option<Secret>,
    user_metadata: Option<Map<String, Value>>,
    current_password: Option<Secret>,
    code: Option<Secret>,
    redirect_to: Option<String>,
}

pub(super) async fn run(
    context: DetachedContext<'_>,
    Arguments { input }: Arguments,
) -> Result<Outcome> {
    let change = UserChange {
        email: input.email,
        password: input.password,
        user_metadata: input.user_metadata,
        way_back: WayBack::to(input.redirect_to),
        proof: Reauthentication {
            password: input.current_password,
            code: input.code,
        },
    };
    let from = Client::from(context.request);
    let user = context
        .app
        .accounts
        .update_user(&context.request.caller, change, &from)
        .await?;
    Ok(Outcome::Value(user.to_json()))
}
