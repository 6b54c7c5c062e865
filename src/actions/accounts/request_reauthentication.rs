//! `requestReauthentication`

use serde_json::json;

use crate::{
    accounts::Client,
    actions::{DetachedContext, NoArguments, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """Mails the caller a code that stands in for the password in updateAccount and deleteAccount."""
  requestReauthentication: Boolean!
}
"#;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    context
        .app
        .accounts
        .request_reauthentication(&context.request.caller, &from)
        .await?;
    Ok(Outcome::Value(json!(true)))
}
