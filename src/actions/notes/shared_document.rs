//! `sharedDocument`: a document by the token of its link.

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    actions::{Action, ActionContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  "A document that its owner shares, by the token of its link; null when there is none, its time is over, or it is behind a password."
  sharedDocument(
    "The token of the document's link."
    token: UUID!
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
  "Whether its owner takes comments."
  allowComments: Boolean!
  "When it was made."
  createdAt: DateTime!
  "When it was last changed."
  updatedAt: DateTime!
}
"#;

#[derive(Deserialize)]
struct Arguments {
    token: Uuid,
}

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let sql = "select json_build_object('id', id, 'title', title, 'content', content,
        'format', upper(format::text), 'tags', tags, 'version', version, 'wordCount', word_count,
        'readingTime', reading_time, 'allowComments', allow_comments, 'createdAt', created_at,
        'updatedAt', updated_at)
      from public.get_shared_document($1)";
    Ok(Outcome::Value(
        context.json(sql, &[&arguments.token]).await?,
    ))
}
