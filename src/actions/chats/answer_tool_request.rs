//! `answerToolRequest`: lets a tool do what it asked for, or not.

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::said;
use crate::{
    actions::{ActionContext, Outcome, RowRef},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Lets a tool do what it asked for, or not: an answer that ended with ASKING has parts of the type `tool-request`. Once all
  of them are answered, the answer goes on in another stream. Whoever goes on with the chat instead leaves them unanswered,
  which is a no.
  """
  answerToolRequest(
    "The message that has the request."
    messageId: UUID!
    "Which one, by its `toolCallId`."
    toolCallId: String!
    "Whether the tool may."
    approved: Boolean!
  ): AnsweredToolRequest!
}
"What came of an answer to a tool."
type AnsweredToolRequest {
  "The message."
  message: Message!
  "The stream in which it goes on; null while another request waits."
  stream: ChatStream
  "Its key."
  streamId: UUID
}
"#;

const ANSWER: &str = "
    select public.answer_tool_request(m.id, $2, $3) from public.messages m where m.id = $1";

arguments! { message_id: Uuid, tool_call_id: String, approved: bool }

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    context.user_id()?;
    let Arguments {
        message_id,
        tool_call_id,
        approved,
    } = arguments;
    let rows = context
        .rows(ANSWER, &[&message_id, &tool_call_id, &approved])
        .await?;
    let said = said(&rows, "There is no such message")?;
    let row = |table: &'static str, key: Value| {
        Outcome::Row(RowRef {
            table: table.into(),
            key: vec![key],
        })
    };
    let stream = match &said["stream"] {
        Value::Null => Outcome::Value(Value::Null),
        key => row("streams", key.clone()),
    };
    Ok(Outcome::Object(vec![
        ("message", row("messages", json!(message_id))),
        ("stream", stream),
        ("streamId", Outcome::Value(said["stream"].clone())),
    ]))
}
