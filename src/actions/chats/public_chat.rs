//! `publicChat`: a chat that its owner made public, by its id.

use serde::Deserialize;

use crate::{
    actions::{Action, ActionContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  "A chat that its owner made public, by its id. Neither the owner nor what it cost is told."
  publicChat(
    "The chat."
    id: UUID!
  ): PublicChat
}
"A public chat."
type PublicChat {
  "The chat's key."
  id: UUID!
  "Its title."
  title: String!
  "When it was begun."
  createdAt: DateTime!
  "When it was last changed."
  updatedAt: DateTime!
  "The messages in order: id, role, parts, attachments and createdAt of each."
  messages: JSON!
}
"#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arguments {
    id: uuid::Uuid,
}

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let sql = "select json_build_object('id', id, 'title', title, 'createdAt', created_at,
        'updatedAt', updated_at, 'messages', messages)
      from public.get_public_chat($1)";
    Ok(Outcome::Value(context.json(sql, &[&arguments.id]).await?))
}
