//! `editMessage`: says something else than one did, beside it.

use serde_json::Value;
use uuid::Uuid;

use super::answer::{Options, said, started, texts};
use crate::{
    actions::{ActionContext, Outcome},
    chats::attachments,
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Says something else in place of a message, and has that answered. Nothing is lost: the message and all that followed it
  become another branch of the chat, whose messages have `isCurrent: false`, until `showBranch` shows it again.
  """
  editMessage(
    "A message of the caller's."
    id: UUID!
    "What is said instead, as in `sendMessage`."
    parts: JSON!
    "What comes with it instead, as in `sendMessage`: none where the list is empty. Without it, what came with the message."
    attachments: [ChatAttachmentInput!]
    "How it is to be answered."
    options: AnswerOptions
  ): StartedAnswer!
}
"#;

const EDIT: &str = "
    select public.send_message(m.chat_id, $2, coalesce($4, m.attachments), $3, '', m.id), m.chat_id
    from public.messages m where m.id = $1";

arguments! {
    id: Uuid,
    parts: Value,
    attachments: Option<Vec<attachments::Reference>>,
    options: Option<Options>,
}

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let (parts, _) = texts(&arguments.parts)?;
    let options = arguments.options.unwrap_or_default();
    let request = options.request(&context).await?;
    let attached = match arguments.attachments {
        Some(references) => {
            Some(attachments::described(context.app, context.transaction, &references).await?)
        }
        None => None,
    };
    let rows = context
        .rows(EDIT, &[&arguments.id, &parts, &request, &attached])
        .await?;
    let said = said(&rows, "There is no such message")?;
    Ok(started(rows[0].try_get(1)?, &said))
}
