//! `showBranch`: shows another branch of a chat.

use serde_json::json;
use uuid::Uuid;

use super::answer::said;
use crate::{
    actions::{ActionContext, Outcome, RowRef},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Shows the branch of a chat that a message is in: the message, what led to it, and of what followed it the newest. These
  messages have `isCurrent: true` then, and are what models read; all others of the chat stay as they are, hidden.
  """
  showBranch(
    "A message of the branch."
    id: UUID!
  ): Message!
}
"#;

const SHOW: &str = "select public.show_branch(m.id) from public.messages m where m.id = $1";

arguments! { id: Uuid }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let rows = context.rows(SHOW, &[&arguments.id]).await?;
    said(&rows, "There is no such message")?;
    Ok(Outcome::Row(RowRef {
        table: "messages".into(),
        key: vec![json!(arguments.id)],
    }))
}
