//! The tools of the person's repositories, once the chat has asked for them.

use serde_json::{Map, Value, json};

use super::{Ran, ToolContext};
use crate::{
    answers::AgentType,
    app_state::AppState,
    chats::{agents::Agent, parts::Call, repositories::Repositories},
    error::Result,
};

/// The tool that opens them.
pub const OPEN: &str = "gitMcpAgent";

/// What changes something elsewhere is begun once.
const BEGIN: &str = "
    insert into mindloom.remote_calls (message_id, call_id) values ($1, $2) on conflict do nothing";

/// Opens the tools for the rest of the answer.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn open(context: &mut ToolContext<'_>) -> Result<Ran> {
    if context.repositories.is_none() {
        let agent = agent(context.app, context.agent).await?;
        match Repositories::open(context.app, context.user, &agent).await? {
            Ok(opened) => *context.repositories = Some(opened),
            Err(error) => return Ok(Ran::Failed(error.message().to_owned())),
        }
    }
    let Some(opened) = context.repositories.as_ref() else {
        return Ok(Ran::Failed("The repositories are not there.".into()));
    };
    if let Some(why) = opened.unlisted() {
        return Ok(Ran::Failed(format!("{why}. Tell the person so.")));
    }
    let names: Vec<&str> = opened.names().collect();
    Ok(Ran::Done(json!({
        "server": opened.host(),
        "tools": names,
        "note": "These tools are there from now on: call them to do what was asked.",
    })))
}

/// Runs one of them; nothing where it is none. What is not marked as reading asks first.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn run(context: &mut ToolContext<'_>, call: &Call) -> Result<Option<Ran>> {
    let Some(opened) = context.repositories.as_mut() else {
        return Ok(None);
    };
    let Some((tool, only_reads)) = opened.find(&call.name) else {
        return Ok(None);
    };
    let tool = tool.to_owned();
    if !only_reads && call.approved != Some(true) {
        return Ok(Some(Ran::Asks {
            summary: format!("Run {} at {} in your name", call.name, opened.host()),
            input: call.input.clone(),
        }));
    }
    if !only_reads {
        let client = context.app.db.system().await?;
        let statement = client.prepare_cached(BEGIN).await?;
        if client
            .execute(&statement, &[&context.message, &call.id])
            .await?
            == 0
        {
            let said = "This was begun before by a server that was lost: look whether it is done before doing it again.";
            return Ok(Some(Ran::Failed(said.into())));
        }
    }
    let input: Map<String, Value> = call.input.as_object().cloned().unwrap_or_default();
    Ok(Some(match opened.call(&tool, input).await? {
        Ok(said) => Ran::Done(Value::String(said)),
        Err(said) => Ran::Failed(said),
    }))
}

/// The agent of repositories, as it is set up for the provider that answers.
///
/// # Errors
/// When the database does not answer.
pub async fn agent(app: &AppState, answering: &Agent) -> Result<Agent> {
    let client = app.db.system().await?;
    let (answered, _) = answering.answered_by();
    let provider = answered.unwrap_or(answering.provider());
    Agent::read(&client, AgentType::GitMcp, Some(provider), None).await
}
