use sea_orm::entity::prelude::*;

use crate::settings::model_config::ModelProvider;

/// A call of a model, for accounting.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "usage_logs")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person who caused it.
    pub user_id: Uuid,
    /// The chat it was made for.
    pub chat_id: Option<Uuid>,
    /// The agent that made the call; null where it was none.
    pub agent_type: Option<AgentType>,
    /// The model, at most 100 characters.
    pub model_used: Option<String>,
    /// Who ran it.
    pub provider: Option<ModelProvider>,
    /// Tokens read.
    pub input_tokens: Option<i32>,
    /// Tokens written.
    pub output_tokens: Option<i32>,
    /// Tokens read and written.
    pub total_tokens: Option<i64>,
    /// Cost of what was read, in US dollars.
    pub input_cost: Option<Decimal>,
    /// Cost of what was written, in US dollars.
    pub output_cost: Option<Decimal>,
    /// When the request began.
    pub request_timestamp: DateTimeWithTimeZone,
    /// When the answer was complete.
    pub response_timestamp: Option<DateTimeWithTimeZone>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i32>,
    /// Whatever else the agent noted.
    pub metadata: Option<Json>,
    /// When the entry was written.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Both costs, in US dollars; null where the price is unknown.
    pub total_cost: Option<Decimal>,
    /// The chat it was made for.
    #[sea_orm(belongs_to, from = "chat_id", to = "id")]
    pub chat: BelongsTo<Option<crate::chat::chats::Entity>>,
    /// The person who caused it.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// An agent of the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "agent_type")]
pub enum AgentType {
    /// The main chat.
    #[sea_orm(string_value = "chat_model_agent")]
    ChatModelAgent,
    /// Search, web pages and code execution of the provider.
    #[sea_orm(string_value = "provider_tools_agent")]
    ProviderToolsAgent,
    /// Text documents.
    #[sea_orm(string_value = "document_agent")]
    DocumentAgent,
    /// Python programs.
    #[sea_orm(string_value = "python_agent")]
    PythonAgent,
    /// Diagrams.
    #[sea_orm(string_value = "mermaid_agent")]
    MermaidAgent,
    /// GitHub.
    #[sea_orm(string_value = "git_mcp_agent")]
    GitMcpAgent,
}
