use sea_orm::entity::prelude::*;

/// A model that agents can use, with its prices.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "model_config")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The provider's name of the model, at most 100 characters.
    #[sea_orm(unique)]
    pub model_id: String,
    /// The name people see, at most 200 characters.
    pub name: String,
    /// What it is good at.
    pub description: Option<String>,
    /// Who offers it.
    pub provider: ModelProvider,
    /// Whether it may be chosen.
    pub is_active: bool,
    /// Whether it is the default of its provider; making one the default replaces the other.
    pub is_default: bool,
    /// Whether it can reason before it answers.
    pub thinking_enabled: bool,
    /// US dollars per million tokens read; null where nobody knows, and then nobody knows what a call costs.
    pub input_pricing_per_million_tokens: Option<Decimal>,
    /// US dollars per million tokens written; null where nobody knows.
    pub output_pricing_per_million_tokens: Option<Decimal>,
    /// Limits and abilities, such as `contextWindow` and `maxOutputTokens`.
    pub metadata: Json,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// US dollars per million tokens read that the provider had in its cache; as the others where nothing is said.
    pub cached_input_pricing_per_million_tokens: Option<Decimal>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Who offers a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "model_provider")]
pub enum ModelProvider {
    /// Google.
    #[sea_orm(string_value = "google")]
    Google,
    /// OpenAI.
    #[sea_orm(string_value = "openai")]
    Openai,
    /// Anthropic.
    #[sea_orm(string_value = "anthropic")]
    Anthropic,
    /// Any server that speaks OpenAI's protocol.
    #[sea_orm(string_value = "compatible")]
    Compatible,
}
