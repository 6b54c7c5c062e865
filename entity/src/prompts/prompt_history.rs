use sea_orm::entity::prelude::*;

/// A prompt that a person generated, and the answer to it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "prompt_history")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person.
    pub user_id: Uuid,
    /// The `name` of the framework used.
    pub framework_id: String,
    /// What the framework was called then, at most 100 characters.
    pub framework_name: String,
    /// The template used, if one was.
    pub template_id: Option<Uuid>,
    /// The model, at most 50 characters.
    pub model: String,
    /// The provider's `name`.
    pub provider: String,
    /// What the person wrote.
    pub user_input: String,
    /// What came back.
    pub ai_response: Option<String>,
    /// The tone asked for.
    pub tone: Option<String>,
    /// The length asked for.
    pub length: Option<String>,
    /// The sampling temperature, 0 to 2.
    pub temperature: Option<Decimal>,
    /// The longest answer allowed, in tokens.
    pub max_tokens: Option<i32>,
    /// Whether the prompt was meant for a coding agent.
    pub vibe_coding: bool,
    /// How long it took, in milliseconds.
    pub processing_time_ms: Option<i32>,
    /// Tokens read and written.
    pub tokens_used: Option<i32>,
    /// What it cost, in US dollars.
    pub cost_usd: Option<Decimal>,
    /// How far it got.
    pub status: PromptStatus,
    /// What went wrong.
    pub error_message: Option<String>,
    /// The provider's code for it, at most 50 characters.
    pub error_code: Option<String>,
    /// When it was asked for.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The provider that answered.
    #[sea_orm(belongs_to, from = "provider", to = "name")]
    pub api_provider: BelongsTo<crate::providers::api_providers::Entity>,
    /// The framework used.
    #[sea_orm(belongs_to, from = "framework_id", to = "name")]
    pub framework: BelongsTo<super::prompt_frameworks::Entity>,
    /// The template used.
    #[sea_orm(belongs_to, from = "template_id", to = "id")]
    pub template: BelongsTo<Option<super::prompt_templates::Entity>>,
    /// The person.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How far a generation got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "prompt_status")]
pub enum PromptStatus {
    /// Asked for.
    #[sea_orm(string_value = "pending")]
    Pending,
    /// Answered.
    #[sea_orm(string_value = "completed")]
    Completed,
    /// Given up.
    #[sea_orm(string_value = "failed")]
    Failed,
}
