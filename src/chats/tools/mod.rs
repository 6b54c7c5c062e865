//! What a model may do in a chat. Everything runs as the person who asked: what row level security hides from them is not
//! there, and what they may not do is refused, whatever the model was talked into.

mod artifacts;
mod notes;
pub mod repositories;
mod sharing;

use std::sync::Arc;

use postgres_types::ToSql;
use serde_json::{Value, json};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    agents::{self, Agent, Craft},
    parts::Call,
    repositories::Repositories,
};
use crate::{
    answers::AgentType,
    app_state::AppState,
    auth::Caller,
    db::is_passing,
    error::{Error, Result},
    models::chat::Tool,
    streams::Writer,
};

/// What a tool runs with.
pub struct ToolContext<'a> {
    /// The server's parts.
    pub app: &'a Arc<AppState>,
    /// Whom it runs as.
    pub caller: &'a Caller,
    /// Their account.
    pub user: Uuid,
    /// The chat.
    pub chat: Uuid,
    /// The answer.
    pub message: Uuid,
    /// Who answers.
    pub agent: &'a Agent,
    /// The tools of the person's repositories, once they are open.
    pub repositories: &'a mut Option<Repositories>,
    /// Where it tells what it does.
    pub writer: &'a mut Writer,
    /// Gives a sign of life.
    pub sign: &'a (dyn Fn() + Sync),
}

/// What came of a call.
pub enum Ran {
    /// It is done, and this came out.
    Done(Value),
    /// It is not done, for a reason that the model reads.
    Failed(String),
    /// It asks the person first.
    Asks {
        /// What would be done, in a sentence.
        summary: String,
        /// With what, exactly.
        input: Value,
    },
}

/// A tool of the server's own: its name, what it does, and what it takes.
struct OwnTool {
    name: &'static str,
    description: &'static str,
    parameters: fn() -> Value,
}

const OWN: [&OwnTool; 7] = [
    &artifacts::DELETE,
    &artifacts::LIST,
    &artifacts::READ,
    &notes::DELETE,
    &notes::READ,
    &notes::SEARCH,
    &sharing::PUBLISH,
];

/// What the agent may call, of this server's and of the repositories'.
#[must_use]
pub fn offered(agent: &Agent, repositories: Option<&Repositories>) -> Vec<Tool> {
    let own = OWN.iter().filter_map(|tool| {
        let settings = agent.tool(tool.name)?;
        let told = settings["description"].as_str();
        Some(Tool {
            name: tool.name.to_owned(),
            description: told.unwrap_or(tool.description).to_owned(),
            parameters: (tool.parameters)(),
        })
    });
    let agents = agents::AGENT_TOOLS.iter().filter_map(|(name, kind)| {
        let settings = agent.tool(name)?;
        Some(Tool {
            name: (*name).to_owned(),
            description: settings["description"].as_str().unwrap_or_default().to_owned(),
            parameters: match Craft::of(*kind) {
                Some(craft) => craft.parameters(settings),
                None => object(
                    json!({"request": {
                        "type": "string",
                        "description": settings["inputDescription"].as_str().unwrap_or("What to do, with every detail that matters."),
                    }}),
                    &["request"],
                ),
            },
        })
    });
    let elsewhere = repositories.into_iter().flat_map(Repositories::tools);
    agents.chain(own).chain(elsewhere).collect()
}

/// Runs a call.
///
/// # Errors
/// When the database does not answer. All else is for the model to read.
pub async fn run(mut context: ToolContext<'_>, call: &Call) -> Result<Ran> {
    if !call.input.is_object() {
        let said = "What a tool is called with is a JSON object, and this is none. Call it again with an object that fits its parameters.";
        return Ok(Ran::Failed(said.into()));
    }
    if let Some(ran) = repositories::run(&mut context, call).await? {
        return Ok(ran);
    }
    let name = call.name.as_str();
    if context.agent.tool(name).is_none() {
        let offered: Vec<String> = offered(context.agent, context.repositories.as_ref())
            .into_iter()
            .map(|tool| tool.name)
            .collect();
        let said = format!(
            "There is no tool of this name. There are: {}.",
            offered.join(", ")
        );
        return Ok(Ran::Failed(said));
    }
    let agent = agents::AGENT_TOOLS.iter().find(|(known, _)| *known == name);
    let ran = match (agent, name) {
        (Some((_, kind)), _) => run_agent(&mut context, call, *kind).await,
        (_, "deleteArtifact") => artifacts::delete(&context, call).await,
        (_, "listArtifacts") => artifacts::list(&context).await,
        (_, "readArtifact") => artifacts::read(&context, call).await,
        (_, "deleteNote") => notes::delete(&context, call).await,
        (_, "readNote") => notes::read(&context, call).await,
        (_, "searchNotes") => notes::search(&context, call).await,
        (_, "publishChat") => sharing::publish(&context, call).await,
        _ => Ok(Ran::Failed("There is no tool of this name.".into())),
    };
    match ran {
        Err(error) if !is_passing(&error) => Ok(Ran::Failed(error.message().to_owned())),
        ran => ran,
    }
}

async fn run_agent(context: &mut ToolContext<'_>, call: &Call, kind: AgentType) -> Result<Ran> {
    match Craft::of(kind) {
        Some(craft) => craft.run(context, call).await,
        None if kind == AgentType::GitMcp => repositories::open(context).await,
        None => agents::use_provider_tools(context, call).await,
    }
}

impl ToolContext<'_> {
    /// The rows of a statement that runs as the caller, in a transaction of its own.
    ///
    /// # Errors
    /// What the caller may know of the database's error.
    pub(super) async fn rows(
        &self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>> {
        let transaction = self.app.db.begin(self.caller).await?;
        let statement = transaction.prepare_cached(sql).await?;
        let rows = transaction.query(&statement, parameters).await?;
        transaction.commit().await?;
        Ok(rows)
    }

    /// The same of a statement that changes something, which whoever follows changes is told.
    ///
    /// # Errors
    /// What the caller may know of the database's error.
    pub(super) async fn changed(
        &self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>> {
        let rows = self.rows(sql, parameters).await?;
        if !rows.is_empty() {
            self.app.realtime.bell.ring();
        }
        Ok(rows)
    }
}

/// A schema of an object.
pub(super) fn object(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// The id that a call names.
pub(super) fn id_of(call: &Call) -> Result<Uuid> {
    let id = call.input["id"].as_str().and_then(|id| id.parse().ok());
    id.ok_or_else(|| Error::bad_input("id is missing, or is no id: use one that a tool gave"))
}
