//! `sendMessage`: says something in a chat, and has it answered.

use postgres_types::ToSql;
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
  Says something in a chat and has it answered. It answers at once, with both messages and a stream that the answer is
  written into: follow it with the subscription `chatStream`. Without a chat, a new one is begun, which its first words
  name. One answer is written in a chat at a time: a second one is refused with CONFLICT. What may ask a model how often
  is for `rateLimit` of the agents to say; a refusal is how the stream ends then.
  """
  sendMessage(
    "The chat; without it, a new one."
    chatId: UUID
    "What is said: an array of 1 to 100 objects `{type: \"text\", text: \"…\"}`."
    parts: JSON!
    """
    Files and recordings that come with it, at most 10: pictures (PNG, JPEG, GIF, WebP) of up to 5 MB, PDF of up to 10 MB,
    texts of up to 1 MB, together 14 MB.
    """
    attachments: [ChatAttachmentInput!]
    "How it is to be answered."
    options: AnswerOptions
  ): StartedAnswer!
}
"A file that comes with a message: one of the two."
input ChatAttachmentInput {
  "A file of the caller's, by its key among the objects of the storage."
  objectId: UUID
  "A recording of the caller's."
  recordingId: UUID
}
"#;

// The tables are asked as the caller, too: what is hidden from them cannot be answered.
const BEGIN: &str = "insert into public.chats (id) values ($1) returning id";
const SEND: &str = "
    select public.send_message(c.id, $2, $3, $4, $5) from public.chats c where c.id = $1";

arguments! {
    chat_id: Option<Uuid>,
    parts: Value,
    attachments: Option<Vec<attachments::Reference>>,
    options: Option<Options>,
}

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let (parts, title) = texts(&arguments.parts)?;
    let options = arguments.options.unwrap_or_default();
    let request = options.request(&context).await?;
    let references = arguments.attachments.unwrap_or_default();
    let attached = attachments::described(context.app, context.transaction, &references).await?;
    let chat = arguments.chat_id.unwrap_or_else(Uuid::now_v7);
    let values: [&(dyn ToSql + Sync); 5] = [&chat, &parts, &attached, &request, &title];
    let send = context.rows(SEND, &values);
    let rows = match arguments.chat_id {
        Some(_) => send.await?,
        None => {
            // Both go out together, in this order: the first one is prepared.
            context.transaction.prepare_cached(BEGIN).await?;
            let key: [&(dyn ToSql + Sync); 1] = [&chat];
            let (begun, rows) = tokio::join!(context.rows(BEGIN, &key), send);
            begun?;
            rows?
        }
    };
    Ok(started(chat, &said(&rows, "There is no such chat")?))
}
