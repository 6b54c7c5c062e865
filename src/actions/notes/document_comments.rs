//! `sharedDocumentComments`: what holders of a link said.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    accounts::{Client, secret::Secret, shared_documents::Link},
    actions::{DetachedContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Query {
  "Comments on the document behind a link, the oldest first, at most 200 at once; go on with the last one's `createdAt` as `after`. The document's owner lists them by `documentComments` too."
  sharedDocumentComments(
    "The token of the document's link."
    token: UUID!
    "The document's password, if it has one."
    password: String
    "How many at most, 1 to 200."
    first: Int! = 50
    "Only those that were written after this moment."
    after: DateTime
  ): [SharedDocumentComment!]!
}
"A comment as whoever has the document's link reads it."
type SharedDocumentComment {
  "The comment's key."
  id: UUID!
  "The text."
  content: String!
  "What its author calls themselves; null when they say nothing."
  authorName: String
  "The address of their picture."
  authorAvatarUrl: String
  "Whether the caller wrote it."
  mine: Boolean!
  "When it was written."
  createdAt: DateTime!
}
"#;

arguments! { token: Uuid, password: Option<Secret>, first: i64, after: Option<DateTime<Utc>> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let link = Link {
        token: arguments.token,
        password: arguments.password.as_ref(),
    };
    let from = Client::from(context.request);
    let Arguments { first, after, .. } = arguments;
    let caller = &context.request.caller;
    let accounts = &context.app.accounts;
    let comments = accounts
        .document_comments(&link, first, after, caller, &from)
        .await?;
    Ok(Outcome::Value(comments))
}
