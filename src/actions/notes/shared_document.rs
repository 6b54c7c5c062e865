//! `sharedDocument`: a document by the token of its link.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::{Client, secret::Secret, shared_documents::Link},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  "A document that its owner shares, by the token of its link; null when there is none, or its time is over. One with a password is refused without it, with FORBIDDEN."
  sharedDocument(
    "The token of the document's link."
    token: UUID!
    "The document's password, if it has one."
    password: String
  ): SharedDocument
}
"A document as whoever has its link reads it."
type SharedDocument {
  "The document's key."
  id: UUID!
  "Its title."
  title: String!
  "Its text."
  content: String!
  "The format of the text."
  format: DocumentFormat!
  "Its tags."
  tags: [String!]!
  "The number of the version."
  version: Int!
  "How many words it has."
  wordCount: Int!
  "In minutes."
  readingTime: Int!
  "Whether `addDocumentComment` takes comments."
  allowComments: Boolean!
  "When it was made."
  createdAt: DateTime!
  "When it was last changed."
  updatedAt: DateTime!
}
"#;

arguments! { token: Uuid, password: Option<Secret> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let link = Link {
        token: arguments.token,
        password: arguments.password.as_ref(),
    };
    let from = Client::from(context.request);
    let document = context.app.accounts.shared_document(&link, &from).await?;
    Ok(Outcome::Value(
        document.map_or(Value::Null, |document| document.json),
    ))
}
