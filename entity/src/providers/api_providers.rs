use sea_orm::entity::prelude::*;

/// An AI provider that people can use with keys of their own.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "api_providers")]
pub struct Model {
    /// The provider's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its short name, as other rows refer to it.
    #[sea_orm(unique)]
    pub name: String,
    /// The name people see, at most 100 characters.
    pub display_name: String,
    /// The address of its API.
    pub base_url: String,
    /// A regular expression that its keys match.
    pub api_key_pattern: Option<String>,
    /// Whether it may be used.
    pub is_enabled: bool,
    /// Requests a person may make in a minute.
    pub max_requests_per_minute: i32,
    /// Requests a person may make in a day.
    pub max_requests_per_day: i32,
    /// The names of its models: an array.
    pub supported_models: Json,
    /// How a key is checked before it is tried.
    pub validation_rules: Json,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Keys saved for it.
    #[sea_orm(has_many)]
    pub configurations: HasMany<super::api_configurations::Entity>,
    /// Prompts generated with it.
    #[sea_orm(has_many)]
    pub prompt_history: HasMany<crate::prompts::prompt_history::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
