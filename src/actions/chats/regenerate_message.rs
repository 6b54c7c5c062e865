//! `regenerateMessage`: has a question answered once more.

use uuid::Uuid;

use super::answer::{Options, said, started};
use crate::{
    actions::{ActionContext, Outcome},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Has what an answer answers answered once more. Nothing is lost: the answer and all that followed it become another branch
  of the chat, whose messages have `isCurrent: false`, until `showBranch` shows it again.
  """
  regenerateMessage(
    "The answer."
    id: UUID!
    "How it is to be answered."
    options: AnswerOptions
  ): StartedAnswer!
}
"#;

const REGENERATE: &str = "
    select public.regenerate_message(m.id, $2), m.chat_id from public.messages m where m.id = $1";

arguments! { id: Uuid, options: Option<Options> }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let options = arguments.options.unwrap_or_default();
    let request = options.request(&context).await?;
    let rows = context.rows(REGENERATE, &[&arguments.id, &request]).await?;
    let said = said(&rows, "There is no such message")?;
    Ok(started(rows[0].try_get(1)?, &said))
}
