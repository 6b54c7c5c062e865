//! `setDocumentPassword`: closes the link to a document with a password.

use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::secret::Secret,
    actions::{DetachedContext, Outcome, RowRef},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  "Sets the password, of 8 to 200 characters, that the link to the caller's shared document asks for; without one, the link opens by itself again. It ends with the sharing."
  setDocumentPassword(
    "The document."
    id: UUID!
    "The new password; none to take it away."
    password: String
  ): Document!
}
"#;

arguments! { id: Uuid, password: Option<Secret> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments { id, password } = arguments;
    let accounts = &context.app.accounts;
    accounts
        .set_document_password(&context.request.caller, id, password.as_ref())
        .await?;
    Ok(Outcome::Row(RowRef {
        table: "documents".into(),
        key: vec![json!(id)],
    }))
}
