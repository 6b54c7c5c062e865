//! What others may see.

use serde_json::json;

use super::{OwnTool, Ran, ToolContext, object};
use crate::{chats::parts::Call, error::Result};

pub(super) const PUBLISH: OwnTool = OwnTool {
    name: "publishChat",
    description: "Makes this chat public: whoever has its id can read it. The person is asked first.",
    parameters: || object(json!({}), &[]),
};

const MAKE_PUBLIC: &str =
    "update public.chats set visibility = 'public' where id = $1 returning id::text";

pub(super) async fn publish(context: &ToolContext<'_>, call: &Call) -> Result<Ran> {
    if call.approved != Some(true) {
        return Ok(Ran::Asks {
            summary: "Make this chat public: whoever has its address can read all of it".into(),
            input: json!({"id": context.chat}),
        });
    }
    match context
        .changed(MAKE_PUBLIC, &[&context.chat])
        .await?
        .is_empty()
    {
        true => Ok(Ran::Failed("The chat is gone.".into())),
        false => Ok(Ran::Done(json!({"public": context.chat}))),
    }
}
