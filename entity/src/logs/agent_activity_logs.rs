use sea_orm::entity::prelude::*;

use crate::settings::model_config::ModelProvider;
use crate::usage::usage_logs::AgentType;

/// Something that an agent did.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "agent_activity_logs")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person it worked for; none for work of the system.
    pub user_id: Option<Uuid>,
    /// The same for everything that one action of a person caused.
    pub correlation_id: Uuid,
    /// The agent.
    pub agent_type: AgentType,
    /// What it did, such as `code_generation` or `search`; at most 50 characters.
    pub operation_type: String,
    /// The area, such as `generation`; at most 50 characters.
    pub operation_category: String,
    /// Details of it.
    pub operation_metadata: Json,
    /// The document, program or diagram it worked on.
    pub resource_id: Option<Uuid>,
    /// What kind of thing that is, at most 50 characters.
    pub resource_type: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i32>,
    /// When it began.
    pub start_time: Option<DateTimeWithTimeZone>,
    /// When it ended.
    pub end_time: Option<DateTimeWithTimeZone>,
    /// The model it used, at most 100 characters.
    pub model_id: Option<String>,
    /// Who ran the model.
    pub provider: Option<ModelProvider>,
    /// Whether the model reasoned first.
    pub thinking_mode: bool,
    /// Tokens read.
    pub input_tokens: Option<i32>,
    /// Tokens written.
    pub output_tokens: Option<i32>,
    /// Tokens spent on reasoning.
    pub reasoning_tokens: Option<i32>,
    /// All tokens.
    pub total_tokens: Option<i32>,
    /// Cost of what was read, in US dollars.
    pub input_cost: Option<Decimal>,
    /// Cost of what was written, in US dollars.
    pub output_cost: Option<Decimal>,
    /// The whole cost, in US dollars.
    pub total_cost: Option<Decimal>,
    /// Whether it worked.
    pub success: bool,
    /// What kind of error, at most 100 characters.
    pub error_type: Option<String>,
    /// What went wrong.
    pub error_message: Option<String>,
    /// How often it was tried again.
    pub retry_count: i32,
    /// When the entry was written.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The person it worked for.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<Option<crate::profiles::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
