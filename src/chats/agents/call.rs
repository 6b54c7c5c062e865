//! One call of a model for an agent that the chat handed work to.

use serde_json::{Value, json};

use super::Agent;
use crate::{
    answers::{self, AnswerError, Outcome, Purpose, Question},
    chats::{parts, tools::ToolContext},
    error::{Error, Result},
    models::chat::{ChatEvent, ChatMessage, ChatRequest, ChatRole, EndReason, Part, Tool},
};

/// Characters that are read of an answer: an artifact holds as many.
const TEXT_MAX: usize = 1_000_000;
/// Sources that are told of one answer.
const SOURCES_MAX: usize = 100;

/// What an agent is asked.
#[derive(Default)]
pub(super) struct Asked {
    pub system: String,
    pub messages: Vec<ChatMessage>,
    /// A JSON schema of the answer.
    pub schema: Option<Value>,
    pub tools: Vec<Tool>,
}

/// What it answered.
#[derive(Default)]
pub(super) struct Answered {
    pub text: String,
    /// What it called: id, name, arguments.
    pub calls: Vec<(String, String, Value)>,
    pub sources: Vec<Value>,
}

impl Asked {
    /// A prompt.
    pub fn prompt(system: &str, prompt: String) -> Self {
        Asked {
            system: system.to_owned(),
            messages: vec![ChatMessage {
                role: ChatRole::User,
                parts: vec![Part::Text(prompt)],
            }],
            ..Asked::default()
        }
    }
}

/// Asks the model that the chat asks, within the agent's own limits. What it used is told in the stream, and is part of the
/// message's cost.
///
/// # Errors
/// `Ok(Err(…))` is for the model that called the tool: why the agent has nothing to give. The rest is the server's.
pub(super) async fn call(
    context: &mut ToolContext<'_>,
    agent: &Agent,
    asked: Asked,
) -> Result<Result<Answered, String>> {
    let (provider, model) = context.agent.answered_by();
    let question = Question {
        user: context.user,
        provider: provider.map(str::to_owned),
        model: model.map(str::to_owned),
        agent: Some(agent.kind),
        is_step: false,
        purpose: Purpose::Chat,
        chat: Some(context.chat),
        message: Some(context.message),
        request: ChatRequest {
            system: Some(asked.system),
            messages: asked.messages,
            tools: asked.tools,
            provider_tools: agent.provider_tools(),
            schema: asked.schema,
            ..ChatRequest::default()
        },
    };
    let mut answer = match answers::ask(context.app, question).await {
        Ok(answer) => answer,
        Err(error) => return told(error),
    };
    let mut answered = Answered::default();
    let mut failed = None;
    while let Some(event) = answer.next().await {
        (context.sign)();
        match event {
            Ok(ChatEvent::Text(more)) => answered.text.push_str(&more),
            Ok(ChatEvent::ToolCall {
                id,
                name,
                arguments,
            }) => answered.calls.push((id, name, arguments)),
            Ok(ChatEvent::Source { url, title }) if answered.sources.len() < SOURCES_MAX => {
                answered.sources.push(json!({"url": url, "title": title}));
            }
            Ok(ChatEvent::End(EndReason::Refused)) => {
                failed = Some(Error::bad_input("The model refused to answer"));
            }
            Ok(ChatEvent::End(EndReason::Length)) => {
                failed = Some(Error::bad_input(
                    "The model wrote as much as it may, and was not done: ask for less at once",
                ));
            }
            Ok(_) => {}
            Err(error) => failed = Some(error.into()),
        }
        if answered.text.len() > TEXT_MAX || failed.is_some() {
            break;
        }
    }
    let outcome = match &failed {
        Some(_) => Outcome::Failed,
        None => Outcome::Completed,
    };
    let step = context.app.db.begin_system().await?;
    let record = answer.finish(&step, outcome).await.map_err(Error::from)?;
    step.commit().await?;
    context.writer.push(parts::usage_event(agent.kind, &record));
    record.kept();
    match failed {
        Some(error) => Ok(Err(error.message().to_owned())),
        None => Ok(Ok(answered)),
    }
}

fn told(error: AnswerError) -> Result<Result<Answered, String>> {
    let error = Error::from(error);
    Ok(Err(error.message().to_owned()))
}
