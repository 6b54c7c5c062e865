use sea_orm::entity::prelude::*;

/// An authenticator app that shows a second time who signs in.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "mfa_factors")]
pub struct Model {
    /// The factor's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose factor it is.
    pub user_id: Uuid,
    /// What its owner calls it, 1 to 100 characters.
    pub friendly_name: String,
    /// The secret that it shares with the app, encrypted.
    pub secret_sealed: Vec<u8>,
    /// When its first code was right; it is in force since then.
    pub verified_at: Option<DateTimeWithTimeZone>,
    /// The time step of the code last used, in units of 30 s: earlier ones are good no more.
    pub last_step: i64,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Whose factor it is.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
