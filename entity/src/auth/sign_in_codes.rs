use sea_orm::entity::prelude::*;

/// A code that a mail's link brought to a client, which exchanges it for a session.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "auth", table_name = "sign_in_codes")]
pub struct Model {
    /// The row's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who signs in.
    pub user_id: Uuid,
    /// The SHA-256 of the code, in hexadecimal.
    #[sea_orm(unique)]
    pub code_hash: String,
    /// The SHA-256 of the secret that the client must show.
    pub code_challenge: String,
    /// What the mail was for, as the session's `amr` names it: `otp` or `recovery`.
    pub method: String,
    /// When the code is good for nothing any more.
    pub expires_at: DateTimeWithTimeZone,
    /// When the row was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the row was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Who signs in.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
