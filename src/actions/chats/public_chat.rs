//! `publicChat`: a chat that its owner made public, by its id.

pub(super) const SDL: &str = r#"
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

sql_action!(
    anyone,
    "select json_build_object('id', id, 'title', title, 'createdAt', created_at,
        'updatedAt', updated_at, 'messages', messages)
      from public.get_public_chat($1)",
    id: uuid::Uuid
);
