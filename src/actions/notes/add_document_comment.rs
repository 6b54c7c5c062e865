//! `addDocumentComment`: says something about a shared document.

use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::{Client, secret::Secret, shared_documents::Link},
    actions::{DetachedContext, Outcome, RowRef},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Says something about the document behind a link, where its owner allows comments. The caller's display name and
  picture are shown beside it to everybody who holds the link. Its author and the document's owner delete it by
  `deleteDocumentComment`.
  """
  addDocumentComment(
    "The token of the document's link."
    token: UUID!
    "The document's password, if it has one."
    password: String
    "What to say, 1 to 5,000 characters."
    content: String!
  ): DocumentComment!
}
"#;

arguments! { token: Uuid, password: Option<Secret>, content: String }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let link = Link {
        token: arguments.token,
        password: arguments.password.as_ref(),
    };
    let from = Client::from(context.request);
    let caller = &context.request.caller;
    let accounts = &context.app.accounts;
    let id = accounts
        .add_document_comment(caller, &link, &arguments.content, &from)
        .await?;
    Ok(Outcome::Row(RowRef {
        table: "document_comments".into(),
        key: vec![json!(id)],
    }))
}
