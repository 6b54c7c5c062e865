use sea_orm::entity::prelude::*;

/// A code that stands in, once, for a lost authenticator app.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "mfa_recovery_codes")]
pub struct Model {
    /// The code's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose code it is.
    #[sea_orm(unique_key = "user_id_code_hash")]
    pub user_id: Uuid,
    /// The SHA-256 of the code, in hexadecimal.
    #[sea_orm(unique_key = "user_id_code_hash")]
    pub code_hash: String,
    /// When it was used.
    pub used_at: Option<DateTimeWithTimeZone>,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Whose code it is.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
