//! `documentHasPassword`

use uuid::Uuid;

pub(super) const SDL: &str = r#"
extend type Query {
  "Whether the link to the caller's document asks for a password. The password itself is not kept."
  documentHasPassword(
    "The document."
    id: UUID!
  ): Boolean!
}
"#;

sql_action!(
    user,
    "select to_jsonb(public.document_has_share_password($1))",
    id: Uuid
);
