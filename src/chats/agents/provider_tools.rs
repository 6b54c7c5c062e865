//! What the provider itself offers: search, pages of the web, a sandbox for code.

use serde_json::json;

use super::{
    Agent,
    call::{Asked, call as ask},
};
use crate::{
    answers::AgentType,
    chats::{
        parts::Call,
        tools::{Ran, ToolContext},
    },
    error::Result,
};

/// Has it find something out.
///
/// # Errors
/// When the database does not answer.
pub(in crate::chats) async fn run(context: &mut ToolContext<'_>, call: &Call) -> Result<Ran> {
    let client = context.app.db.system().await?;
    let (answered, _) = context.agent.answered_by();
    let provider = answered.unwrap_or(context.agent.provider());
    let agent = Agent::read(&client, AgentType::ProviderTools, Some(provider), None).await?;
    drop(client);
    if !agent.is_enabled() || agent.provider_tools().is_empty() {
        return Ok(Ran::Failed(
            "The administrators left none of the provider's tools on.".into(),
        ));
    }
    let request = call.input["request"].as_str().unwrap_or_default();
    if request.trim().is_empty() {
        return Ok(Ran::Failed(
            "request is missing: say what to find out.".into(),
        ));
    }
    let asked = Asked::prompt(&agent.system_prompt(), request.to_owned());
    let answered = match ask(context, &agent, asked).await? {
        Ok(answered) => answered,
        Err(said) => return Ok(Ran::Failed(said)),
    };
    for source in &answered.sources {
        context
            .writer
            .push(json!({"kind": "SOURCE", "url": source["url"], "title": source["title"]}));
    }
    Ok(Ran::Done(
        json!({"answer": answered.text, "sources": answered.sources}),
    ))
}
