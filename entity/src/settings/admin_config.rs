use sea_orm::entity::prelude::*;

/// A part of the configuration, for admins: settings of the application, of logs and of alerts, feature flags, and
/// one entry per agent and provider. `systemSettings` and `featureFlags` tell everybody what concerns them.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "admin_config")]
pub struct Model {
    /// The entry's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `alert_settings`, `app_settings`, `feature_flags`, `logging_settings`, or an agent and its provider as in
    /// `python_agent_openai`.
    #[sea_orm(unique)]
    pub config_key: String,
    /// The settings. An agent needs `enabled`, `rateLimit` (`perMinute`, `perHour`, `perDay`) and
    /// `tools`.
    pub config_data: Json,
    /// The admin who changed it last.
    pub updated_by: Option<Uuid>,
    /// When it was made.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The admin who changed it last.
    #[sea_orm(belongs_to, from = "updated_by", to = "id")]
    pub updater: BelongsTo<Option<crate::profiles::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
