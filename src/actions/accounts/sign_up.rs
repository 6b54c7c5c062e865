//! `signUp`

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    accounts::{Client, SignUp, SignedUp, WayBack, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Makes an account and mails a link and a code that confirm its address. An address that has an account
  gets a mail that says so; the answer is the same for both. If an address is signed up again, with another
  password and before it was confirmed, neither password is kept, because one of the two is not its owner's:
  whoever confirms is signed in and sets one with updateAccount, or later by requestPasswordRecovery.
  """
  signUp(
    "Who signs up."
    input: SignUpInput!
  ): SignUpPayload!
}

"""What somebody signs up with."""
input SignUpInput {
  """The address."""
  email: String!
  """At least 8 and at most 128 characters; not the address, and not what everybody guesses first."""
  password: String!
  """What the new user says about themselves; at most 4 KiB."""
  userMetadata: JSON
  """Where the link in the mail leads in the end; among the addresses that the operator allows."""
  redirectTo: String
}

"""What came of a sign-up."""
type SignUpPayload {
  """The session, where the operator does without confirmations; else null until the address is confirmed."""
  session: AuthSession
  """Whether a mail was sent that must be answered first."""
  confirmationSent: Boolean!
}
"#;

arguments! { input: Input }

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    email: String,
    password: Secret,
    user_metadata: Option<Map<String, Value>>,
    redirect_to: Option<String>,
}

pub(super) async fn run(
    context: DetachedContext<'_>,
    Arguments { input }: Arguments,
) -> Result<Outcome> {
    let form = SignUp {
        email: input.email,
        password: input.password,
        user_metadata: input.user_metadata.unwrap_or_default(),
        way_back: WayBack::to(input.redirect_to),
    };
    let signed_up = context
        .app
        .accounts
        .sign_up(form, &Client::from(context.request))
        .await?;
    let session = match signed_up {
        SignedUp::Session(session) => Some(session.to_json()),
        SignedUp::Pending(_) => None,
    };
    Ok(Outcome::Value(json!({
        "confirmationSent": session.is_none(),
        "session": session,
    })))
}
