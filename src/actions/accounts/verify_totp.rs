//! `verifyTotp`

use uuid::Uuid;

use crate::{
    accounts::{Client, factors::Codes, secret::Secret},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Takes a code of the authenticator app: confirms a new factor, and lifts the session to aal2. A code is good
  once. Former tokens of the session are replaced.
  """
  verifyTotp(
    "The factor, one of factors."
    factorId: UUID!
    "The six digits that the app shows."
    code: String!
  ): VerifyTotpPayload!
}

"""What came of a right code."""
type VerifyTotpPayload {
  """The session, now aal2."""
  session: AuthSession!
  """Codes for the day the app is lost, when this was the account's first factor. They are shown this once."""
  recoveryCodes: [String!]!
}
"#;

arguments! { factor_id: Uuid, code: Secret }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let caller = &context.request.caller;
    let assured = context
        .app
        .accounts
        .verify_totp(
            caller,
            arguments.factor_id,
            &arguments.code,
            Codes::Now,
            &from,
        )
        .await?;
    Ok(Outcome::Value(assured.to_json()))
}
