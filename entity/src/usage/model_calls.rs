use sea_orm::entity::prelude::*;

use super::usage_logs::AgentType;

/// A call of a model: what it used, what it cost, how it ended.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "model_calls")]
pub struct Model {
    /// The call's key; `usageLogs`, `apiUsageLogs` and `agentActivityLogs` have the same for it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person who caused it.
    pub user_id: Uuid,
    /// Who answered: `openai`, `anthropic`, `google`, `compatible`, or `local` where it was no model.
    pub provider: String,
    /// The model, as `modelConfigs` has it.
    pub model: String,
    /// The agent that made the call.
    pub agent_type: Option<AgentType>,
    /// What for.
    pub purpose: ModelCallPurpose,
    /// The chat it belongs to.
    pub chat_id: Option<Uuid>,
    /// The message that the answer became.
    pub message_id: Option<Uuid>,
    /// Whose key was used.
    pub key_owner: ModelKeyOwner,
    /// The person's key, as long as it is kept.
    pub api_configuration_id: Option<Uuid>,
    /// How it ended.
    pub outcome: ModelCallOutcome,
    /// Why it failed or was broken off, such as `key_refused`.
    pub error_type: Option<String>,
    /// The HTTP status of the provider's answer.
    pub status_code: Option<i32>,
    /// Tokens read, those of the provider's cache included.
    pub input_tokens: Option<i64>,
    /// Tokens written, those of reasoning included.
    pub output_tokens: Option<i64>,
    /// Those of the tokens read that the provider had in its cache.
    pub cached_tokens: Option<i64>,
    /// Those of the tokens written that were reasoning.
    pub reasoning_tokens: Option<i64>,
    /// Whether tokens or seconds were counted by this server, because the provider did not say.
    pub is_estimated: bool,
    /// US dollars per million tokens read, when the call was made.
    pub input_price: Option<Decimal>,
    /// The same for what the provider had in its cache.
    pub cached_input_price: Option<Decimal>,
    /// US dollars per million tokens written, when the call was made.
    pub output_price: Option<Decimal>,
    /// Cost of what was read or heard, in US dollars.
    pub input_cost: Option<Decimal>,
    /// Cost of what was written, in US dollars.
    pub output_cost: Option<Decimal>,
    /// Both costs, in US dollars; null where the price is unknown, and while the call runs.
    pub cost: Option<Decimal>,
    /// Bytes received.
    pub response_bytes: Option<i64>,
    /// When it began.
    pub started_at: DateTimeWithTimeZone,
    /// When the server that makes it last said that it goes on.
    pub seen_at: DateTimeWithTimeZone,
    /// When it ended.
    pub ended_at: Option<DateTimeWithTimeZone>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i64>,
    /// When the entry was written.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Seconds of sound that were heard, for calls that write down recordings.
    pub audio_seconds: Option<Decimal>,
    /// US dollars per minute of sound, when the call was made; where there is none, tokens have the price.
    pub audio_minute_price: Option<Decimal>,
    /// The person's key.
    #[sea_orm(belongs_to, from = "api_configuration_id", to = "id")]
    pub api_configuration: BelongsTo<Option<crate::providers::api_configurations::Entity>>,
    /// The chat it belongs to.
    #[sea_orm(belongs_to, from = "chat_id", to = "id")]
    pub chat: BelongsTo<Option<crate::chat::chats::Entity>>,
    /// The message that the answer became.
    #[sea_orm(belongs_to, from = "message_id", to = "id")]
    pub message: BelongsTo<Option<crate::chat::messages::Entity>>,
    /// The person who caused it.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a model was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "model_call_purpose")]
pub enum ModelCallPurpose {
    /// An answer in a chat.
    #[sea_orm(string_value = "chat")]
    Chat,
    /// A document.
    #[sea_orm(string_value = "document")]
    Document,
    /// The insights of a week.
    #[sea_orm(string_value = "insight")]
    Insight,
    /// A prompt.
    #[sea_orm(string_value = "prompt")]
    Prompt,
    /// A prompt made of a project.
    #[sea_orm(string_value = "project")]
    Project,
    /// A title.
    #[sea_orm(string_value = "title")]
    Title,
    /// What was said in a recording.
    #[sea_orm(string_value = "transcript")]
    Transcript,
    /// What texts and searches mean.
    #[sea_orm(string_value = "embedding")]
    Embedding,
}

/// How a call of a model ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "model_call_outcome")]
pub enum ModelCallOutcome {
    /// It goes on.
    #[sea_orm(string_value = "running")]
    Running,
    /// The answer is whole.
    #[sea_orm(string_value = "completed")]
    Completed,
    /// Somebody wished so.
    #[sea_orm(string_value = "stopped")]
    Stopped,
    /// The provider refused or broke off, or its answer was of no use.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// The server that made it is gone, or had to leave it.
    #[sea_orm(string_value = "interrupted")]
    Interrupted,
}

/// Whose key was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "model_key_owner")]
pub enum ModelKeyOwner {
    /// The person's own.
    #[sea_orm(string_value = "person")]
    Person,
    /// The server's.
    #[sea_orm(string_value = "server")]
    Server,
    /// None was needed.
    #[sea_orm(string_value = "none")]
    None,
}
