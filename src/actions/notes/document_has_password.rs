//! `documentHasPassword`

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    actions::{Action, ActionContext, Outcome},
    error::Result,
};

const SDL: &str = r#"
extend type Query {
  "Whether the link to the caller's document asks for a password. The password itself is not kept."
  documentHasPassword(
    "The document."
    id: UUID!
  ): Boolean!
}
"#;

#[derive(Deserialize)]
struct Arguments {
    id: Uuid,
}

pub fn action() -> Action {
    Action::new(SDL, |context, arguments| Box::pin(run(context, arguments)))
}

async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let sql = "select to_jsonb(public.document_has_share_password($1))";
    Ok(Outcome::Value(context.json(sql, &[&arguments.id]).await?))
}
