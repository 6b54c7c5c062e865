use sea_orm::entity::prelude::*;

/// A key of somebody's device that signs them in.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "passkeys")]
pub struct Model {
    /// The row's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// What the device calls the key.
    #[sea_orm(unique)]
    pub credential_id: Vec<u8>,
    /// The public key, and how often it was used.
    pub credential: Json,
    /// What its owner calls it, 1 to 120 characters.
    pub friendly_name: String,
    /// When it last signed its owner in.
    pub last_used_at: Option<DateTimeWithTimeZone>,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Whose it is.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
