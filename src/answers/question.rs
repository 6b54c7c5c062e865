//! What is asked, for whom, and what for.

use uuid::Uuid;

use crate::models::chat::ChatRequest;

/// One call of a model.
#[derive(Clone, Debug)]
pub struct Question {
    /// For whom: whose key, limits and budget.
    pub user: Uuid,
    /// The provider: `openai`, `anthropic`, `google`, `compatible` or `local`. None: that of the model, or the one that
    /// the settings name.
    pub provider: Option<String>,
    /// A model of `model_config`. None: the provider's default.
    pub model: Option<String>,
    /// The agent whose limits count.
    pub agent: Option<AgentType>,
    /// Whether it is one of the steps that write the message: all of them are one use of the agent.
    pub is_step: bool,
    /// What for.
    pub purpose: Purpose,
    /// The chat that it belongs to.
    pub chat: Option<Uuid>,
    /// The message that the answer becomes, whose tokens and cost are kept.
    pub message: Option<Uuid>,
    /// What is asked.
    pub request: ChatRequest,
}

/// An agent of `admin_config`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum AgentType {
    /// The main chat.
    ChatModel,
    /// What providers offer: search, addresses, code.
    ProviderTools,
    /// Texts.
    Document,
    /// Programs.
    Python,
    /// Diagrams.
    Mermaid,
    /// Repositories.
    GitMcp,
}

impl AgentType {
    /// As `public.agent_type` has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            AgentType::ChatModel => "chat_model_agent",
            AgentType::ProviderTools => "provider_tools_agent",
            AgentType::Document => "document_agent",
            AgentType::Python => "python_agent",
            AgentType::Mermaid => "mermaid_agent",
            AgentType::GitMcp => "git_mcp_agent",
        }
    }
}

/// What a model is asked for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Purpose {
    /// An answer in a chat.
    Chat,
    /// A document.
    Document,
    /// The insights of a week.
    Insight,
    /// A prompt.
    Prompt,
    /// A prompt made of a project.
    Project,
    /// A title.
    Title,
    /// What was said in a recording.
    Transcript,
}

impl Purpose {
    /// As `public.model_call_purpose` has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::Chat => "chat",
            Purpose::Document => "document",
            Purpose::Insight => "insight",
            Purpose::Prompt => "prompt",
            Purpose::Project => "project",
            Purpose::Title => "title",
            Purpose::Transcript => "transcript",
        }
    }
}
