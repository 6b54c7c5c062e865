use sea_orm::entity::prelude::*;

/// What shows a second time who signs in: an authenticator app, or a key of a device.
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
    /// `totp` or `webauthn`.
    pub factor_type: String,
    /// The secret that it shares with the app, encrypted; none of a key.
    pub secret_sealed: Option<Vec<u8>>,
    /// What the device calls the key.
    #[sea_orm(unique)]
    pub credential_id: Option<Vec<u8>>,
    /// The public key, and how often it was used; there is none before the device has made it.
    pub credential: Option<Json>,
    /// When its first code or signature was right; it is in force since then.
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
