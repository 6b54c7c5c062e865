use sea_orm::entity::prelude::*;

/// A person's key for a provider. The key itself cannot be read back.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "api_configurations")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person whose key it is.
    pub user_id: Uuid,
    /// The provider's `name`.
    pub provider: String,
    /// The key, encrypted by the server. No caller can read or write it.
    pub api_key_encrypted: String,
    /// The master key it was encrypted under.
    pub encryption_key_id: String,
    /// The key's last four characters, to tell keys apart.
    pub api_key_hint: Option<String>,
    /// Whether it is to be used.
    pub is_active: bool,
    /// Whether the provider accepted it.
    pub is_validated: bool,
    /// When the provider was last asked.
    pub last_validated_at: Option<DateTimeWithTimeZone>,
    /// What the provider said against it.
    pub validation_error: Option<String>,
    /// Calls made with it.
    pub usage_count: i32,
    /// When it was last used.
    pub last_used_at: Option<DateTimeWithTimeZone>,
    /// When it was saved.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The provider that the key is for.
    #[sea_orm(
        belongs_to,
        relation_enum = "ApiProvider",
        from = "provider",
        to = "name"
    )]
    pub api_provider: BelongsTo<super::api_providers::Entity>,
    /// Calls of models made with it.
    #[sea_orm(has_many)]
    pub model_calls: HasMany<crate::usage::model_calls::Entity>,
    /// The person whose key it is.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
