use sea_orm::entity::prelude::*;

/// A call of a provider's API.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "api_usage_logs")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person who caused it.
    pub user_id: Uuid,
    /// The provider, at most 50 characters.
    pub provider: String,
    /// The model, at most 100 characters.
    pub model: Option<String>,
    /// The path that was called.
    pub endpoint: Option<String>,
    /// Bytes sent.
    pub request_size: Option<i32>,
    /// Bytes received.
    pub response_size: Option<i32>,
    /// How long it took, in milliseconds.
    pub response_time_ms: Option<i32>,
    /// The HTTP status of the answer, 100 to 599.
    pub status_code: Option<i32>,
    /// What went wrong.
    pub error_message: Option<String>,
    /// Tokens read.
    pub input_tokens: Option<i32>,
    /// Tokens written.
    pub output_tokens: Option<i32>,
    /// What it cost, in US dollars; null where the price is unknown.
    pub cost: Option<Decimal>,
    /// When the call was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Whether the person's own key was used, and not the server's.
    pub own_key: bool,
    /// The person who caused it.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
