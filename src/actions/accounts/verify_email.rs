//! `verifyEmail`

use crate::{
    accounts::{
        Client, normal_email,
        secret::Secret,
        verification::{Proof, Purpose},
    },
    actions::{DetachedContext, Outcome},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Takes the token of a mail's link, or the address and the digits, and signs in. Either is good once, within
  an hour, for the purpose it was mailed for.
  """
  verifyEmail(
    "What the mail was for."
    purpose: EmailPurpose!
    "The token of the mail's link."
    token: String
    "The address, when the digits are given."
    email: String
    "The digits in the mail."
    code: String
  ): AuthSession!
}

"""What a mail was for."""
enum EmailPurpose {
  """To confirm a sign-up."""
  CONFIRM_EMAIL
  """To confirm the address that an account moves to."""
  CHANGE_EMAIL
  """To let in whoever forgot the password."""
  RECOVER_PASSWORD
  """To let in whoever an administrator invited."""
  INVITE
  """To sign in without a password."""
  MAGIC_LINK
}
"#;

arguments! { purpose: Purpose, token: Option<Secret>, email: Option<String>, code: Option<Secret> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let email = arguments.email.as_deref().map(normal_email).transpose()?;
    let proof = match (&arguments.token, &email, &arguments.code) {
        (Some(token), None, None) => Proof::Token(token),
        (None, Some(email), Some(code)) => Proof::Code { email, code },
        _ => {
            return Err(Error::bad_input(
                "Send either the token, or the email and the code",
            ));
        }
    };
    let from = Client::from(context.request);
    let session = context
        .app
        .accounts
        .verify(&[arguments.purpose], proof, &from)
        .await?;
    Ok(Outcome::Value(session.to_json()))
}
